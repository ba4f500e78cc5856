import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Permission } from '@/lib/domain/account/permissions'
import { builtActions } from './built-actions'
import {
  absentIds,
  addressOf,
  type HttpLab,
  type Identity,
  type Ids,
  identities,
  openHttpLab,
  roleOf,
} from './http-lab'
import { whoMay } from './matrix'
import { actions, pages, routes } from './matrix-app'

let lab: HttpLab
beforeAll(async () => {
  lab = await openHttpLab()
})
afterAll(() => lab.connection.end())

type Decision = 'in' | 'sign in' | 'refused'

function expected(who: Identity, permission: Permission | 'unasked'): Decision {
  if (permission === 'unasked') return 'in'
  const role = roleOf(who)
  if (role === undefined) return 'sign in'
  return whoMay[permission]?.includes(role) ? 'in' : 'refused'
}

const get = (who: Identity, address: string, headers: Record<string, string> = {}) =>
  fetch(lab.baseUrl + address, { headers: { ...lab.proofs[who], ...headers }, redirect: 'manual' })

/** One object with every id and field the actions know, so that each finds its own in it. */
const everyField = (ids: Ids) => ({
  trialId: ids.trial,
  deviceId: ids.device,
  serverId: ids.server,
  personId: ids.device,
  commandUuid: ids.trial,
  protocolId: ids.protocol,
  id: ids.device,
  ordinal: 1,
  verdictId: 1,
  reason: 'tried by the matrix',
  outcome: 'refused',
})

const built = () => builtActions('.next')

async function act(
  who: Identity,
  { id, page }: { id: string; page: string },
  args: unknown[],
  headers: Record<string, string> = {},
): Promise<Decision> {
  const answer = await fetch(lab.baseUrl + addressOf(page, lab.ids), {
    method: 'POST',
    headers: {
      ...{ origin: lab.baseUrl, 'next-action': id, 'content-type': 'text/plain;charset=UTF-8' },
      ...lab.proofs[who],
      ...headers,
    },
    body: JSON.stringify(args),
    redirect: 'manual',
  })
  const text = await answer.text()
  const onward = answer.headers.get('x-action-redirect') ?? answer.headers.get('location') ?? ''
  if (onward.startsWith('/sign-in') || answer.status === 401) return 'sign in'
  // Row 1 is the action's own answer; a page drawn anew behind it may say the same of its buttons.
  const refusal = /^1:\{"status":"refused","reason":"This needs the role/m.test(text)
  return answer.status === 403 || refusal ? 'refused' : 'in'
}

/** What a refused person tries; who is let in names only records that are not there. */
const tries = (may: boolean): unknown[][] =>
  may ? [[everyField(absentIds)]] : [[everyField(lab.ids)], [lab.ids.device]]

test.each(identities)(
  'F42 each action called directly as %s is decided as the matrix says',
  async (who) => {
    const wrong: string[] = []
    for (const [name, action] of built()) {
      const permission = actions[name]
      // Signing out would end the session the others are tried with.
      if (permission === undefined || permission === 'unasked') continue
      const due = expected(who, permission)
      for (const args of tries(due === 'in')) {
        const got = await act(who, action, args)
        if (got !== due)
          wrong.push(`${name}(${JSON.stringify(args).slice(0, 40)}): ${got}, not ${due}`)
      }
    }
    expect(wrong).toEqual([])
  },
)

test('every action of the matrix is in the build', () => {
  const there = built()
  // What no page calls is left out by the compiler, and so cannot be called at all.
  expect(Object.keys(actions).filter((name) => !there.has(name))).toEqual([])
})

const takesKeys = (file: string) => readFileSync(file, 'utf8').includes('authorizeApi(')

test.each(identities)('F42 each route asked as %s is decided as the matrix says', async (who) => {
  const wrong: string[] = []
  for (const [name, permission] of Object.entries(routes)) {
    const [file = '', method] = name.split(':')
    if (permission === 'unasked' || method !== 'GET') continue
    const stop = new AbortController()
    for (const ids of [lab.ids, absentIds]) {
      const answer = await fetch(lab.baseUrl + addressOf(file, ids), {
        headers: lab.proofs[who],
        redirect: 'manual',
        signal: stop.signal,
      })
      // The stream of notices never ends by itself.
      const text = answer.headers.get('content-type')?.startsWith('text/event-stream')
        ? ''
        : await answer.text()
      const got = { 401: 'sign in', 403: 'refused' }[answer.status] ?? 'in'
      const key = who === 'key' && takesKeys(file)
      const due = key ? (permission === 'look' ? 'in' : 'refused') : expected(who, permission)
      if (got !== due) wrong.push(`${name} with ${answer.status}: ${got}, not ${due}`)
      if (due !== 'in' && leaks(text).length > 0) wrong.push(`${name} tells ${leaks(text)}`)
    }
    stop.abort()
  }
  expect(wrong).toEqual([])
})

const leaks = (text: string) => [...lab.canaries, ...lab.emails].filter((one) => text.includes(one))

/** All the ways to ask for a page that Next knows, and headers that have walked around its middleware. */
const ways: Record<string, Record<string, string>> = {
  'as a page': {},
  'as a payload': { rsc: '1' },
  'as a prefetch': { rsc: '1', 'next-router-prefetch': '1' },
  'as a segment': {
    rsc: '1',
    'next-router-prefetch': '1',
    'next-router-segment-prefetch': '/_tree',
  },
  'as its last segment': {
    ...{ rsc: '1', 'next-router-prefetch': '1' },
    'next-router-segment-prefetch': '/__PAGE__',
  },
  'around the middleware': { 'x-middleware-subrequest': Array(5).fill('middleware').join(':') },
  'around the proxy': { 'x-middleware-subrequest': Array(5).fill('proxy').join(':') },
  'around src/proxy': { 'x-middleware-subrequest': Array(5).fill('src/proxy').join(':') },
  'as data': { 'x-nextjs-data': '1' },
  'as an action': { 'next-action': '40e2ca2a460194be7937c6fa09e47acdae34336f56' },
  'as itself': { 'x-action-forwarded': '1', 'x-oneway-path': '//evil.example' },
}

/** Next sends a payload's request on once, to the same address with the mark it reckons itself. */
async function look(who: Identity, address: string, headers: Record<string, string>) {
  const first = await get(who, address, headers)
  const onward = first.headers.get('location') ?? ''
  if (first.status !== 307 || !onward.includes('_rsc=')) return first
  await first.text()
  return get(who, onward.replace(lab.baseUrl, ''), headers)
}

test.each(identities)(
  'F42 each page asked in every way as %s shows what the matrix says',
  async (who) => {
    const wrong: string[] = []
    for (const [file, permission] of Object.entries(pages)) {
      const due = expected(who, permission)
      // Who is let in needs no way around.
      const tried = Object.entries(ways).filter(([way]) => due !== 'in' || way === 'as a page')
      const tryOne = async ([way, headers]: [string, Record<string, string>]) => {
        const answer = await look(who, addressOf(file, lab.ids), headers)
        const text = await answer.text()
        if (due !== 'in' && leaks(text).length > 0)
          wrong.push(`${file} ${way} tells ${leaks(text)} to ${who}`)
        // What needs nobody sends on who has no business there, such as set-up in a lab with people.
        if (permission !== 'unasked' && way === 'as a page' && decisionOn(answer) !== due)
          wrong.push(`${file} ${way}: ${answer.status}, not ${due}`)
      }
      await Promise.all(tried.map(tryOne))
    }
    expect(wrong).toEqual([])
  },
)

function decisionOn(answer: Response): Decision {
  const onward = new URL(answer.headers.get('location') ?? '/', lab.baseUrl).pathname
  if (answer.status === 307 && ['/sign-in', '/set-up'].includes(onward)) return 'sign in'
  return answer.status === 403 ? 'refused' : 'in'
}

test('F41 what does not exist answers 404 to everybody who may look, and tells nothing', async () => {
  const wrong: string[] = []
  const odd: Ids = { device: 'x', trial: "1'--", protocol: '%00', server: '..%2f..', event: '-1' }
  for (const file of Object.keys(pages).filter((one) => one.includes('[id]')))
    for (const who of ['viewer', 'engineer', 'lead', 'admin'] as const)
      for (const ids of [absentIds, odd]) {
        const answer = await get(who, addressOf(file, ids))
        const text = await answer.text()
        if (![404, 400].includes(answer.status)) wrong.push(`${file} as ${who}: ${answer.status}`)
        if (lab.canaries.some((one) => text.includes(one))) wrong.push(`${file} tells`)
      }
  expect(wrong).toEqual([])
})

test('F41 a reply or event of another trial is as absent as one that is not there', async () => {
  const other = (event: string) => `/trials/${lab.ids.trial}/replies/${event}`
  const [foreign, none] = [
    await get('lead', other(lab.ids.event)),
    await get('lead', other('2000000000')),
  ]
  expect(foreign.status).toBe(404)
  expect(none.status).toBe(404)
  expect(await foreign.text()).toBe(await none.text())
})

test('keys of MDM servers are told to nobody, whoever looks', async () => {
  for (const who of ['viewer', 'lead', 'admin'] as const)
    for (const address of ['/servers', `/servers/${lab.ids.server}`])
      for (const way of ['as a page', 'as a payload'] as const) {
        const text = await (await look(who, address, ways[way] ?? {})).text()
        expect(text).not.toMatch(/lab-api-key|lab-hmac-key/)
      }
})

test('N1 the build has no proxy and no middleware, so nothing can depend on one', () => {
  const manifest = readFileSync('.next/server/functions-config-manifest.json', 'utf8')
  expect(manifest).not.toContain('/_middleware')
  expect(existsSync('.next/server/middleware.js')).toBe(false)
})
