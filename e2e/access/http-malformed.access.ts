import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtActions } from './built-actions'
import { addressOf, type HttpLab, openHttpLab } from './http-lab'
import { whoMay } from './matrix'
import { actions } from './matrix-app'

let lab: HttpLab
beforeAll(async () => {
  lab = await openHttpLab()
})
afterAll(() => lab.connection.end())

type Action = { id: string; page: string }

/** Posts `args` as JSON text: JSON.stringify would drop `__proto__`. */
async function post(who: keyof HttpLab['proofs'], { id, page }: Action, args: string) {
  const answer = await fetch(lab.baseUrl + addressOf(page, lab.ids), {
    method: 'POST',
    headers: {
      ...{ origin: lab.baseUrl, 'next-action': id, ...lab.proofs[who] },
      'content-type': 'text/plain;charset=UTF-8',
    },
    body: args,
    redirect: 'manual',
  })
  return { status: answer.status, text: await answer.text() }
}

const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`
/** Request bodies that Next's client never sends. */
const malformed: Record<string, string> = {
  'no argument': '[]',
  undefined: '["$undefined"]',
  null: '[null]',
  'a text': '["x"]',
  'a number': '[-1.5]',
  'not a number': '["$NaN"]',
  'a boolean': '[true]',
  'a list': '[["x","y"]]',
  'an empty object': '[{}]',
  'a prototype': '[{"__proto__":{"role":"admin","trialId":"x"}}]',
  'an object of lists': '[{"trialId":["x"],"deviceId":["x"],"name":["x"],"id":["x"]}]',
  'an object of objects': '[{"trialId":{"$ne":1},"deviceId":{"toString":1},"reason":{"length":1}}]',
  'a list 200 deep': `[${deep(200)}]`,
  'a text of 5 MB': `["${'x'.repeat(5_000_000)}"]`,
  'an object with 5 MB in every field': `[{"name":"${'x'.repeat(5_000_000)}"}]`,
  'half a character': '["\\ud800"]',
  'a zero byte': '[{"name":"a\\u0000b","reason":"a\\u0000b"}]',
}

/** Rows per table: an action that did something has left a row. */
// Without what the program asks by itself: the demo has a trial under way, and the devices answer.
async function rowCounts(): Promise<Record<string, unknown>> {
  const [row] = await lab.connection.sql`
    select (select count(*) from devices)::int as devices, (select count(*) from trials)::int as trials,
      (select count(*) from commands where reserved_by_id <> 'system')::int as commands, (select count(*) from users)::int as users,
      (select count(*) from protocol_versions)::int as protocols,
      (select count(*) from mdm_servers)::int as servers, (select count(*) from readings where source <> 'simulated')::int as readings,
      (select count(*) from observations)::int as observations, (select count(*) from api_keys)::int as keys`
  return { ...row }
}

// These actions take no input, so they run whatever is sent.
const takesNoInput = /:(endOtherSessions|resetLab|signOut|checkMail)Action$/

test('F43 every action refuses malformed input without a server error, and stores nothing', async () => {
  const before = await rowCounts()
  const wrong: string[] = []
  for (const [name, action] of builtActions('.next')) {
    const permission = actions[name]
    if (permission === undefined || takesNoInput.test(name)) continue
    const who = permission === 'unasked' ? 'nobody' : whoMay[permission]?.[0]
    if (!who) throw new Error(`nobody may ${permission}`)
    for (const [what, args] of Object.entries(malformed)) {
      const { status, text } = await post(who, action, args)
      if (status >= 500) wrong.push(`${name}, ${what}: ${status} ${text.slice(0, 80)}`)
      else if (status === 200 && !/"status":"refused","reason":"[^"]{8,}"/.test(text))
        wrong.push(`${name}, ${what}: ${text.slice(0, 200)}`)
    }
  }
  expect(wrong).toEqual([])
  expect(await rowCounts()).toEqual(before)
})

test('F42 without the permission an action is refused for the role, and its input is not checked', async () => {
  const wrong: string[] = []
  for (const [name, action] of builtActions('.next')) {
    const permission = actions[name]
    if (
      permission === undefined ||
      permission === 'unasked' ||
      whoMay[permission]?.includes('viewer')
    )
      continue
    for (const args of ['[{}]', '["\\ud800"]', '[null]']) {
      const { text } = await post('viewer', action, args)
      if (!/"reason":"This needs the role/.test(text) || /Accepted|cannot be kept/.test(text))
        wrong.push(`${name}: ${text.slice(0, 200)}`)
    }
  }
  expect(wrong).toEqual([])
})

test('a refusal of malformed input names the field and what it accepts', async () => {
  const action = builtActions('.next').get('app/servers/actions.ts:saveServerAction')
  if (!action) throw new Error('the build has no saveServerAction')
  const { text } = await post('admin', action, '[{"name":7}]')
  expect(text).toContain('"reason":"Accepted: a text."')
  expect(text).toContain('"field":"name"')
})

const searchPages = [
  '/devices',
  '/trials',
  '/outcomes',
  '/outcomes/agreement',
  '/outcomes/flow',
  '/outcomes/survival',
  '/outcomes/predictions',
  '/events',
  '/contradictions',
  '/plan',
  '/releases',
  '/audit',
]
const apiRoutes = ['/api/v1/devices', '/api/v1/trials', '/api/exports/trials.csv']

/** Asks again while the answer takes more than 5 s: what else runs on the machine delays one answer, a slow search each. */
async function quickestOf(tries: number, url: string): Promise<{ status: number; tookMs: number }> {
  const began = performance.now()
  const answer = await fetch(url, { headers: lab.proofs.lead, redirect: 'manual' })
  await answer.text()
  const tookMs = performance.now() - began
  if (tookMs <= 5_000 || tries <= 1) return { status: answer.status, tookMs }
  return quickestOf(tries - 1, url)
}

test('F48 a search for 1 MB, control characters or wildcards is answered within 5 s', async () => {
  const terms: Record<string, string> = {
    // Node refuses request heads above 16 KiB, so this never reaches a page.
    '1 MB': 'x'.repeat(1_000_000),
    '12 KB': 'x'.repeat(12_000),
    'a zero byte': '%00',
    'half a character': '%ED%A0%80',
    'an escape': '%1b%5b31m',
    patterns: '%25_%25_%25_%25_%25_%25_%25_%25_%25_%5C',
    'a bad escape': '%zz%',
  }
  const wrong: string[] = []
  for (const address of [...searchPages, ...apiRoutes])
    for (const [what, term] of Object.entries(terms)) {
      const url = `${lab.baseUrl}${address}?text=${term}&version=${term.slice(0, 2000)}&person=${term.slice(0, 2000)}`
      const { status, tookMs } = await quickestOf(3, url)
      if (status >= 500 || tookMs > 5_000)
        wrong.push(`${address}, ${what}: ${status} after ${Math.round(tookMs)} ms`)
      if (what === '1 MB' && status !== 431) wrong.push(`${address}: ${status}`)
    }
  expect(wrong).toEqual([])
})

test('F48 the device search of a new trial states its maximum length, and 1 MB gets 413', async () => {
  const action = builtActions('.next').get('app/trials/new/actions.ts:searchDevicesAction')
  if (!action) throw new Error('the build has no searchDevicesAction')
  const search = (length: number) =>
    post('viewer', action, JSON.stringify([{ environment: 'real', text: 'x'.repeat(length) }]))
  const long = await search(50_000)
  expect(long.status).toBe(200)
  expect(long.text).toContain('"reason":"Accepted: at most 300 characters."')
  const huge = await search(1_000_000)
  expect(huge.status).toBe(413)
})
