import { randomUUID } from 'node:crypto'
import { type Browser, chromium, type Page } from '@playwright/test'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askQuery } from '@/lib/core/record/query-trial'
import { reviewer } from '@/lib/core/record/review.testing'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { later, must } from '@/lib/core/testing/people'
import { shownText } from '@/lib/domain/text/typed-text'
import { chromiumFlags, findBrowser } from '@/scripts/browser'
import { builtActions } from './built-actions'
import { formulas, misleading, scripts } from './hostile-texts'
import { addressOf, type HttpLab, openHttpLab } from './http-lab'

let lab: HttpLab
let browser: Browser
beforeAll(async () => {
  lab = await openHttpLab()
  const { executablePath } = await findBrowser(() => undefined)
  browser = await chromium.launch({
    args: chromiumFlags,
    ...(executablePath !== undefined && { executablePath }),
  })
}, 120_000)
afterAll(async () => {
  await browser?.close()
  await lab.connection.end()
})

type Role = 'engineer' | 'lead' | 'admin'

/** Posts what a page's form posts, and returns the action's result. */
async function post(role: Role, name: string, input: object): Promise<string> {
  const action = builtActions('.next').get(name)
  if (!action) throw new Error(`the build has no ${name}`)
  const answer = await fetch(lab.baseUrl + addressOf(action.page, lab.ids), {
    method: 'POST',
    headers: {
      ...{ origin: lab.baseUrl, 'next-action': action.id, ...lab.proofs[role] },
      'content-type': 'text/plain;charset=UTF-8',
    },
    body: JSON.stringify([input]),
  })
  const text = await answer.text()
  const result = /^1:(.*)$/m.exec(text)?.[1] ?? text
  if (/"status":"refused"/.test(result)) throw new Error(`${name}: ${result.slice(0, 300)}`)
  return result
}

const texts = [...scripts, ...formulas, ...misleading]
/** The next text that fits into `max` characters; cycles through the list so that each is used. */
let position = 0
const next = (max: number): string => {
  for (let tried = 0; tried < texts.length; tried++) {
    const text = texts[position++ % texts.length]?.trim() ?? ''
    if (text.length <= max && !text.includes('\t')) return text
  }
  throw new Error(`no text has ${max} characters or fewer`)
}
/** All texts, in three paragraphs that each fit into a device's notes. */
const paragraphs = [0, 1, 2].map((part) => texts.filter((_, at) => at % 3 === part).join('\n'))

/** Saves devices, a protocol, a server and a key with these texts in every text field. */
async function saveHostileRecords(): Promise<{
  devices: string[]
  protocol: string
  server: string
}> {
  const devices: string[] = []
  for (let count = 0; count < 45; count++) {
    const result = await post('engineer', 'app/devices/actions.ts:saveDeviceAction', {
      labTag: count < 8 ? `${count}${next(38)}` : '',
      ...{ name: next(100), modelName: next(100), location: next(100), holder: next(100) },
      notes: (paragraphs[count % paragraphs.length] ?? '').trim(),
      ...{ enrollmentId: '', serial: '', platform: 'iOS', modelIdentifier: '', mdmServerId: '' },
    })
    devices.push(/"deviceId":"([^"]+)"/.exec(result)?.[1] ?? '')
  }
  const protocol = await post('lead', 'app/protocols/actions.ts:saveProtocolAction', {
    ...{ title: next(100), question: scripts[0], expectedOutcome: scripts[13] },
    slots: [{ installAction: 'Default', productKey: 'iOSUpdate16B92', productVersion: '' }],
    ...{ batteryMin: '', batteryMax: '', externalPower: '', passcode: '', freeGbMin: '' },
    ...{ freeGbMax: '', network: '', automaticUpdates: '', deadlineMinutes: '60' },
    steps: scripts.slice(20, 30).map((text) => ({ doThis: text, expect: text, sightings: [] })),
    ...{ twoPersonRelease: false, secondReader: false, claims: [] },
  })
  const server = await post('admin', 'app/servers/actions.ts:saveServerAction', {
    ...{ name: scripts[17], slug: `x-${randomUUID().slice(0, 8)}`, url: 'https://mdm.lab.example' },
    ...{ apiKey: randomUUID(), hmacKey: randomUUID() },
  })
  await post('engineer', 'app/account/actions.ts:makeKeyAction', {
    ...{ name: next(60), scopes: ['read'], days: 1 },
  })
  await post('admin', 'app/people/actions.ts:inviteAction', {
    ...{ email: `${randomUUID()}@lab.example`, role: 'viewer' },
  })
  const idIn = (result: string) => /"(?:protocolId|serverId|id)":"([^"]+)"/.exec(result)?.[1] ?? ''
  return { devices, protocol: idIn(protocol), server: idIn(server) }
}

/** A concluded trial whose observation and review query hold these texts. */
async function hostileTrial(): Promise<string> {
  const { db } = lab.connection
  const { trialId } = await concludedTrial(db, {
    outcome: 'installedAsExpected',
    seen: scripts.slice(0, 30).join('\n').slice(0, 1900),
  })
  const question = scripts.slice(30, 50).join('\n').slice(0, 1900)
  const asked = await askQuery(
    db,
    reviewer,
    { trialId, field: 'outcome', text: question },
    later(1500),
  )
  must(asked, 'recorded')
  return trialId
}

type Hit = typeof globalThis & { onewayWasHit?: number; onewayViolations?: string[] }

/** Runs in the page before its own scripts. */
const recordViolations = () => {
  const hit: Hit = globalThis
  const found: string[] = []
  hit.onewayViolations = found
  document.addEventListener('securitypolicyviolation', (event) => {
    found.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`)
  })
}

const readEffects = () => {
  const { onewayWasHit, onewayViolations } = globalThis as Hit // Set by recordViolations.
  return { hit: onewayWasHit ?? null, violations: onewayViolations ?? ['nothing was recorded'] }
}

async function pageOf(role: Role, dialogs: string[]): Promise<Page> {
  const context = await browser.newContext()
  const cookies = (lab.proofs[role].cookie ?? '').split('; ').map((pair) => {
    const at = pair.indexOf('=')
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: lab.baseUrl }
  })
  await context.addCookies(cookies)
  await context.addInitScript(recordViolations)
  const page = await context.newPage()
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  })
  return page
}

test('F47 200 scripts in names, notes and reasons are shown as text on every page, and none runs', async () => {
  expect(new Set(scripts).size).toBe(200)
  const { devices, protocol, server } = await saveHostileRecords()
  const trial = await hostileTrial()
  const dialogs: string[] = []
  const [page, admin] = [await pageOf('lead', dialogs), await pageOf('admin', dialogs)]
  const shown = [
    ...[
      '/',
      '/devices?environment=real',
      '/devices?environment=real&sort=name',
      '/trials?environment=real',
    ],
    ...devices.slice(0, 9).map((id) => `/devices/${id}`),
    ...[
      `/devices/${devices[0]}/edit`,
      `/trials/${trial}`,
      '/trials/new?environment=real',
      '/protocols',
    ],
    ...[
      `/protocols/${protocol}`,
      `/protocols/${protocol}/edit`,
      '/outcomes',
      '/contradictions',
      '/plan',
      '/releases',
    ],
    ...['/events', '/audit', '/account', '/account/keys', '/settings', '/devices/import'],
  ]
  const forAdmin = ['/people', '/servers', `/servers/${server}`, '/people/mail']
  const wrong: string[] = []
  const open = async (on: Page, address: string) => {
    const answer = await on.goto(lab.baseUrl + address)
    const { hit, violations } = await on.evaluate(readEffects)
    if (answer?.status() !== 200) wrong.push(`${address}: ${answer?.status()}`)
    if (hit !== null || violations.length > 0) wrong.push(`${address}: ${hit} ${violations}`)
  }
  for (const address of shown) await open(page, address)
  for (const address of forAdmin) await open(admin, address)
  expect(wrong).toEqual([])
  expect(dialogs).toEqual([])

  const flat = (text: string) => text.replaceAll(/\s+/g, ' ')
  // Pages frame the name of an invisible character by style, labels by brackets.
  const asShown = (line: string) => flat(shownText(line).replaceAll(/[⟨⟩]/g, '')).trim()
  const body = async (address: string) => {
    await page.goto(lab.baseUrl + address)
    return flat((await page.locator('main').textContent()) ?? '')
  }
  // The texts must also be shown in full: each device page has its paragraph of notes.
  for (const [at, paragraph] of paragraphs.entries()) {
    const text = await body(`/devices/${devices[at]}`)
    const missing = paragraph
      .split('\n')
      .filter((line) => line !== '' && !text.includes(asShown(line)))
    expect(missing, `not shown on the page of device ${at}`).toEqual([])
  }
  const ofTrial = await body(`/trials/${trial}`)
  for (const text of [scripts[0], scripts[13], scripts[31]])
    expect(ofTrial).toContain(flat(text ?? ''))
})

test('F35 F47 no cell of an export begins as a formula, and its text is unchanged', async () => {
  const { db } = lab.connection
  await concludedTrial(db, {
    outcome: 'installedAsExpected',
    seen: formulas[1] ?? '',
  })
  // What the tests before this one exported counts towards the exports of a minute.
  await lab.connection.sql`delete from rate_limits`
  const files = ['trials', 'observations', 'steps', 'deviations', 'replies'].map(
    (name) => `/api/exports/${name}.csv?environment=real`,
  )
  for (const address of [...files, '/api/audit']) {
    const answer = await fetch(lab.baseUrl + address, { headers: lab.proofs.lead })
    expect(answer.status, address).toBe(200)
    const rows: string[][] = parse(await answer.text(), { relax_column_count: true, bom: true })
    const formulaCells = rows
      .flat()
      .filter((cell) => /^[=+\-@\t\r＝＋－＠]/.test(cell) && !/^-?\d+(?:\.\d+)?$/.test(cell))
    expect(formulaCells, address).toEqual([])
    if (address.includes('observations')) expect(rows.flat()).toContain(`'${formulas[1]}`)
  }
})
