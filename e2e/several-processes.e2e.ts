import { randomUUID } from 'node:crypto'
import type { Browser, Page } from '@playwright/test'
import { invitePerson } from '@/lib/core/accounts/one-time-links'
import { queryDevice as query } from '@/lib/core/release/query-device'
import type { Db } from '@/lib/db/client'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { findOpenCommand } from '@/lib/db/queries/trials/commands'
import { virtualLabSlug } from '@/lib/demo/seed'
import { paths } from '@/lib/paths'
import { webhookBody, webhookSignature } from '@/lib/virtual-lab/webhook'
import { type WireDict, writePlist } from '@/lib/virtual-lab/wire'
import { draftTrial, queryDevice, registerAndArm } from './bench'
import { expect, test } from './lab'
import { startMs } from './own-stack'
import { sideCookie, startTwoOfEach, type TwoOfEach } from './two-of-each'

// A whole lab and, on its database, a second web server, listener and worker, each started apart.

const engineer = { id: 'several-processes', name: 'Erin', role: 'engineer' } as const

let lab: TwoOfEach
test.beforeAll(async () => {
  test.setTimeout(2 * startMs)
  lab = await startTwoOfEach()
})
test.afterAll(() => lab?.stop())

/** Signs in at one web server, as a browser does that knows the lab by its own address. */
const signIn = (web: string, origin: string, login: { email: string; password: string }) =>
  fetch(`${web}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(login),
  })

const sessionOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

/** A change that a stream names; that anything may have changed is said at its beginning. */
const named = /^data: (?!anything)/m

/** Reads a page's stream until it names a change. */
async function firstChange(web: string, cookie: string, begin: () => Promise<void>) {
  const ended = new AbortController()
  const stream = await fetch(`${web}/api/events?lists=devices`, {
    headers: { cookie },
    signal: ended.signal,
  })
  let text = ''
  let begun: Promise<void> | undefined
  for await (const chunk of stream.body ?? []) {
    text += Buffer.from(chunk).toString()
    begun ??= begin()
    if (named.test(text)) break
  }
  ended.abort()
  await begun
  return text
}

/** Queries each of these devices. */
async function queryAll(db: Db, devices: readonly string[]) {
  for (const deviceId of devices)
    expect(await query(db, engineer, { deviceId }, new Date())).toEqual({
      ...{ status: 'asked', commandUuid: expect.any(String) },
    })
}

const postSigned = (url: string, key: string, body: string) =>
  fetch(`${url}${paths.webhook(virtualLabSlug)}`, {
    method: 'POST',
    headers: { 'x-hmac-signature': webhookSignature(key, body) },
    body,
  })

/** Posts an answer of a device that nobody knows, signed with a key. */
function postEvent(url: string, key: string) {
  const commandUuid = randomUUID()
  const payload: WireDict = { CommandUUID: commandUuid, Status: 'Acknowledged', UDID: 'nobody' }
  const event = {
    ...({ topic: 'mdm.Connect', status: 'Acknowledged' } as const),
    ...{ enrollmentId: 'nobody', commandUuid, payload: writePlist(payload) },
  }
  const body = webhookBody(event, { createdAtNs: 1n, eventId: commandUuid })
  return postSigned(url, key, body)
}

/** A page in a browser of its own, whose requests go to one of the two web servers. */
async function pageAt(browser: Browser, side: 0 | 1, role?: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: lab.baseUrl })
  await context.addCookies([{ name: sideCookie, value: String(side), url: lab.baseUrl }])
  const page = await context.newPage()
  if (role === undefined) return page
  const answer = await page.request.post('/api/auth/sign-in/email', {
    data: lab.loginOf(role),
    headers: { origin: lab.baseUrl },
  })
  expect(answer.status()).toBe(200)
  return page
}

const holdFor = (seconds: number) =>
  storeLabSetting(lab.db, 'holdSeconds', seconds, {
    ...{ changedAt: new Date(), changedBy: 'browser tests' },
  })

const releaseButton = (page: Page) =>
  page.getByRole('dialog').getByRole('button', { name: 'Release, then hold' })

/** Opens the release and enters the password, so that one press is left. */
async function openRelease(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Release…' }).click()
  await page.getByLabel('Your password').fill(lab.loginOf('engineer').password)
}

/** What a page says that released nothing. */
const saidBy = async (page: Page) => (await page.getByRole('alert').allInnerTexts()).join(' · ')

test('a trial that is led through both web servers is sent once, and what both listeners get of it is kept', async ({
  browser,
}) => {
  const { sql, listeners, hmacKey } = lab
  const [here, there] = [
    await pageAt(browser, 0, 'engineer'),
    await pageAt(browser, 1, 'engineer'),
  ] as const
  await queryDevice(here, 'B-09')
  await draftTrial(here, 'B-09', 'Download only 12.1')
  await registerAndArm(here, 'JCM5')

  // Released at one web server, cancelled at the other.
  await holdFor(600)
  await there.goto(new URL(here.url()).pathname)
  await openRelease(there)
  const cancel = here.getByRole('button', { name: 'Cancel the release' })
  await expect(async () => {
    // Where no answer has come, the page says to press again: nothing is done twice.
    if (await releaseButton(there).isVisible())
      await releaseButton(there).click({ timeout: 30_000 })
    await expect(cancel, await saidBy(there)).toBeVisible({ timeout: 60_000 })
  }).toPass({ timeout: 300_000 })
  await cancel.click()
  await expect(there.getByRole('button', { name: 'Arm', exact: true })).toBeVisible()

  // Armed again at the other, and released at both in the same moment: one of them is.
  await there.getByLabel('Last four of the serial').fill('JCM5')
  await there.getByRole('button', { name: 'Arm', exact: true }).click()
  await Promise.all([openRelease(here), openRelease(there)])
  await holdFor(10)
  // A page that hears of the other's release in time loses its button.
  const press = (page: Page) =>
    releaseButton(page)
      .click({ timeout: 30_000 })
      .catch(() => undefined)
  await Promise.all([press(here), press(there)])
  const commands = () => sql<{ uuid: string; state: string; answers: number }[]>`
    select command_uuid as uuid, state, answer_count as answers from commands c
      join devices d on d.id = c.device_id
    where d.lab_tag = 'B-09' and c.purpose = 'intervention' order by c.reserved_at`
  const states = async () => (await commands()).map(({ state, answers }) => ({ state, answers }))
  // A cancelled release that is made again is the same command.
  const once = [{ state: 'queued', answers: 1 }]
  await expect.poll(states, { timeout: 120_000 }).toEqual(once)
  // The release that was cancelled, and one of the two.
  const releases = await sql`select e.id from trial_events e join trials t on t.id = e.trial_id
    join devices d on d.id = t.device_id where d.lab_tag = 'B-09' and e.kind = 'released'`
  expect(releases).toHaveLength(2)
  for (const page of [here, there])
    await expect(
      page.getByRole('region', { name: 'Delivery' }).getByText(/The device answered/),
    ).toBeVisible()

  // Two workers had it to send; the device got it once.
  const uuid = (await commands())[0]?.uuid ?? ''
  const deliveries = async () => {
    const answer = await lab.virtualLab.listDevices()
    const device = answer.ok && answer.value.devices.find(({ labTag }) => labTag === 'B-09')
    return device ? device.deliveries : {}
  }
  expect((await deliveries())[uuid]).toBe(1)

  // The same answer once more at both listeners at once is kept, as an event or as the repeat of one.
  const copies = () => sql<{ id: string; body: Buffer; state: string }[]>`
    select id, body, read_state as state from raw_events
    where position(${uuid} in convert_from(body, 'UTF8')) > 0 and status = 'Acknowledged' order by id`
  const [answer] = await copies()
  const body = answer?.body.toString() ?? ''
  const kept = await Promise.all(listeners.map((listener) => postSigned(listener, hmacKey, body)))
  expect(kept.map(({ status }) => status)).toEqual([200, 200])
  const read = async () => {
    const [first, ...others] = (await copies()).map(({ state }) => state)
    const repeats = await sql`select from repeated_events where raw_event_id = ${answer?.id ?? 0}`
    return { first, others: [...new Set(others)], kept: others.length + repeats.length }
  }
  await expect
    .poll(read, { timeout: 120_000 })
    .toEqual({ first: 'read', others: ['duplicate'], kept: 2 })
  expect((await commands()).map(({ state }) => state)).toEqual(['queued'])
  expect((await deliveries())[uuid]).toBe(1)
})

test('an invitation that is used at both web servers at once lets one person in', async ({
  browser,
}) => {
  const admin = { id: 'several-processes', name: 'Ada', role: 'admin' } as const
  const email = `${randomUUID()}@lab.example`
  const link = await invitePerson(lab.db, admin, { email, role: 'viewer' }, new Date())
  if (link.status !== 'made') throw new Error('no invitation')
  const pages = [await pageAt(browser, 0), await pageAt(browser, 1)]
  for (const [number, page] of pages.entries()) {
    await page.goto(paths.oneTimeLink(link.token))
    await page.getByLabel('Your name').fill(`Person ${number}`)
    await page.getByLabel('Password', { exact: true }).fill(`notes on the engine ${number}`)
  }
  await Promise.all(pages.map((page) => page.getByRole('button', { name: 'Join the lab' }).click()))
  const endOf = async (page: Page) => {
    if (/sign-in/.test(page.url())) return 'in'
    return (await page
      .getByText(/used already/)
      .first()
      .isVisible())
      ? 'too late'
      : 'waiting'
  }
  await expect
    .poll(async () => (await Promise.all(pages.map(endOf))).toSorted())
    .toEqual(['in', 'too late'])
  expect(await lab.sql`select name from users where email = ${email}`).toHaveLength(1)
})

test('two of each process on one database are one lab', async () => {
  const { db, sql, baseUrl, webs, listeners, hmacKey: key } = lab
  const { email, password } = lab.loginOf('lead')
  const devices = await sql<{ id: string }[]>`
    select id from devices d where lab_tag like 'B-%' and retired_at is null
      and not exists (select from trials where device_id = d.id) order by lab_tag`

  // The demo queries every device when its worker starts.
  const open = async () =>
    (await Promise.all(devices.map(({ id }) => findOpenCommand(db, id)))).filter(Boolean)
  await expect.poll(open).toEqual([])

  // A session of one web server is one of the other, and ends at both.
  const cookie = sessionOf(await signIn(webs[0], baseUrl, { email, password }))
  const see = async (web: string) =>
    (await fetch(`${web}/devices`, { headers: { cookie }, redirect: 'manual' })).status
  expect([await see(webs[0]), await see(webs[1])]).toEqual([200, 200])

  // A page at the second web server follows what happens, and each command is sent once by one of two workers.
  const change = await firstChange(webs[1], cookie, () =>
    queryAll(
      db,
      devices.map(({ id }) => id),
    ),
  )
  expect(change).toMatch(named)
  const asked = () => sql`
    select count(*)::int as all, count(*) filter (where answer_count = 1)::int as once,
      count(r.command_uuid)::int as again
    from commands c left join redeliveries r using (command_uuid) where reserved_by_id = ${engineer.id}`
  await expect
    .poll(async () => (await asked())[0], { timeout: 120_000 })
    .toEqual({ all: 4 * devices.length, once: 4 * devices.length, again: 0 })

  // A listener by itself keeps events, refuses forged ones, and has no pages.
  expect((await postEvent(listeners[1], key)).status).toBe(200)
  expect((await postEvent(listeners[1], `${key}x`)).status).toBe(401)
  expect((await fetch(`${listeners[1]}/devices`)).status).toBe(404)
  // Twenty more at the other one are a flood here too, and what is signed right is kept even then.
  for (let n = 0; n < 21; n += 1) await postEvent(listeners[0], `${key}x`)
  await expect.poll(async () => (await postEvent(listeners[1], `${key}x`)).status).toBe(429)
  expect((await postEvent(listeners[1], key)).status).toBe(200)
  expect((await fetch(`${webs[1]}/readyz`)).status).toBe(200)
  expect((await fetch(`${lab.metrics}/readyz`)).status).toBe(200)
  expect(await (await fetch(`${lab.metrics}/metrics`)).text()).toContain('oneway_database_up 1')

  // Signed out at one, signed out at both; guesses at both are counted together: five in a minute. A slow machine takes
  // longer for six, so that some are forgotten before the last.
  await fetch(`${webs[1]}/api/auth/sign-out`, {
    method: 'POST',
    headers: { cookie, origin: baseUrl, 'content-type': 'application/json' },
    body: '{}',
  })
  expect([await see(webs[0]), await see(webs[1])]).toEqual([307, 307])
  const guesses: number[] = []
  while (guesses.at(-1) !== 429 && guesses.length < 20) {
    const web = webs[guesses.length % 2 === 0 ? 0 : 1]
    guesses.push((await signIn(web, baseUrl, { email, password: 'a wrong guess' })).status)
  }
  expect(guesses.slice(0, 5)).toEqual(Array(5).fill(401))
  expect(guesses.at(-1)).toBe(429)
})
