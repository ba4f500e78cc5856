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

type Decision = 'allowed' | 'sign in' | 'refused'

function expected(who: Identity, permission: Permission | 'unasked'): Decision {
  if (permission === 'unasked') return 'allowed'
  const role = roleOf(who)
  if (role === undefined) return 'sign in'
  return whoMay[permission]?.includes(role) ? 'allowed' : 'refused'
}

const get = (who: Identity, address: string, headers: Record<string, string> = {}) =>
  fetch(lab.baseUrl + address, { headers: { ...lab.proofs[who], ...headers }, redirect: 'manual' })

/** One object with the fields of all actions, so that each finds its own. */
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
  const location = answer.headers.get('x-action-redirect') ?? answer.headers.get('location') ?? ''
  if (location.startsWith('/sign-in') || answer.status === 401) return 'sign in'
  // Row 1 is the action's result. The page after it may contain the same text, on its disabled buttons.
  const refusal = /^1:\{"status":"refused","reason":"This needs the role/m.test(text)
  return answer.status === 403 || refusal ? 'refused' : 'allowed'
}

/** Arguments for the calls; allowed calls get absent records only, so that they change nothing. */
const argumentsFor = (may: boolean): unknown[][] =>
  may ? [[everyField(absentIds)]] : [[everyField(lab.ids)], [lab.ids.device]]

test.each(identities)(
  'F42 each action called directly as %s is allowed or refused as the matrix says',
  async (who) => {
    const wrong: string[] = []
    for (const [name, action] of built()) {
      const permission = actions[name]
      // Unasked actions include signing out, which would end the session of the other calls.
      if (permission === undefined || permission === 'unasked') continue
      const due = expected(who, permission)
      for (const args of argumentsFor(due === 'allowed')) {
        const got = await act(who, action, args)
        if (got !== due)
          wrong.push(`${name}(${JSON.stringify(args).slice(0, 40)}): ${got}, not ${due}`)
      }
    }
    expect(wrong).toEqual([])
  },
)

test('every action of the matrix is in the build', () => {
  const inBuild = built()
  // The compiler leaves out an action that no page uses; it cannot be called then.
  expect(Object.keys(actions).filter((name) => !inBuild.has(name))).toEqual([])
})

const takesKeys = (file: string) => /authorize(Api|Calendar)\(/.test(readFileSync(file, 'utf8'))

test.each(identities)('F42 each route is open to or refuses %s as the matrix says', async (who) => {
  const wrong: string[] = []
  for (const [name, permission] of Object.entries(routes)) {
    const [file = '', method] = name.split(':')
    if (permission === 'unasked' || method === undefined) continue
    const stop = new AbortController()
    for (const ids of [lab.ids, absentIds]) {
      const answer = await fetch(lab.baseUrl + addressOf(file, ids), {
        method,
        headers: { ...lab.proofs[who], ...(method !== 'GET' && { origin: lab.baseUrl }) },
        redirect: 'manual',
        signal: stop.signal,
      })
      // The event stream never ends by itself.
      const text = answer.headers.get('content-type')?.startsWith('text/event-stream')
        ? ''
        : await answer.text()
      const got = { 401: 'sign in', 403: 'refused' }[answer.status] ?? 'allowed'
      const key = who === 'key' && takesKeys(file)
      const due = key ? (permission === 'look' ? 'allowed' : 'refused') : expected(who, permission)
      if (got !== due) wrong.push(`${name} with ${answer.status}: ${got}, not ${due}`)
      if (due !== 'allowed' && leaks(text).length > 0) wrong.push(`${name} shows ${leaks(text)}`)
    }
    stop.abort()
  }
  expect(wrong).toEqual([])
})

const leaks = (text: string) => [...lab.canaries, ...lab.emails].filter((one) => text.includes(one))

/** Every kind of page request that Next knows, and headers that have bypassed its middleware. */
const requestKinds: Record<string, Record<string, string>> = {
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

/** Gets a page; follows Next's redirect of a payload request to the same address with its `_rsc` hash. */
async function getPage(who: Identity, address: string, headers: Record<string, string>) {
  const first = await get(who, address, headers)
  const location = first.headers.get('location') ?? ''
  if (first.status !== 307 || !location.includes('_rsc=')) return first
  await first.text()
  return get(who, location.replace(lab.baseUrl, ''), headers)
}

test.each(identities)(
  'F42 each page, by every kind of request, is open to or refuses %s as the matrix says',
  async (who) => {
    const wrong: string[] = []
    for (const [file, permission] of Object.entries(pages)) {
      const due = expected(who, permission)
      // Bypasses matter only where access is refused.
      const tried = Object.entries(requestKinds).filter(
        ([kind]) => due !== 'allowed' || kind === 'as a page',
      )
      const tryOne = async ([kind, headers]: [string, Record<string, string>]) => {
        const answer = await getPage(who, addressOf(file, lab.ids), headers)
        const text = await answer.text()
        if (due !== 'allowed' && leaks(text).length > 0)
          wrong.push(`${file} ${kind} shows ${leaks(text)} to ${who}`)
        // Unasked pages may redirect, such as the set-up page of a lab that has people.
        if (permission !== 'unasked' && kind === 'as a page' && decisionOn(answer) !== due)
          wrong.push(`${file} ${kind}: ${answer.status}, not ${due}`)
      }
      await Promise.all(tried.map(tryOne))
    }
    expect(wrong).toEqual([])
  },
)

function decisionOn(answer: Response): Decision {
  const target = new URL(answer.headers.get('location') ?? '/', lab.baseUrl).pathname
  if (answer.status === 307 && ['/sign-in', '/set-up'].includes(target)) return 'sign in'
  return answer.status === 403 ? 'refused' : 'allowed'
}

test('F41 an absent or malformed ID gets 404 or 400 in every role, and shows no record', async () => {
  const wrong: string[] = []
  const odd: Ids = {
    ...{ device: 'x', trial: "1'--", protocol: '%00' },
    ...{ server: '..%2f..', event: '-1', radar: 'R-1', noticeTarget: 'x', claim: 'C-1' },
    report: 'F-1',
    token: '..%2f..',
  }
  for (const file of Object.keys(pages).filter((one) => one.includes('[id]')))
    for (const who of ['viewer', 'engineer', 'lead', 'admin'] as const)
      for (const ids of [absentIds, odd]) {
        const answer = await get(who, addressOf(file, ids))
        const text = await answer.text()
        if (![404, 400].includes(answer.status)) wrong.push(`${file} as ${who}: ${answer.status}`)
        if (lab.canaries.some((one) => text.includes(one))) wrong.push(`${file} shows a record`)
      }
  expect(wrong).toEqual([])
})

test('F41 an event of another trial gets the same 404 as an absent one', async () => {
  const replyUrl = (event: string) => `/trials/${lab.ids.trial}/replies/${event}`
  const [foreign, none] = [
    await get('lead', replyUrl(lab.ids.event)),
    await get('lead', replyUrl('2000000000')),
  ]
  expect(foreign.status).toBe(404)
  expect(none.status).toBe(404)
  expect(await foreign.text()).toBe(await none.text())
})

test('no page shows the keys of an MDM server, in any role', async () => {
  for (const who of ['viewer', 'lead', 'admin'] as const)
    for (const address of ['/servers', `/servers/${lab.ids.server}`])
      for (const kind of ['as a page', 'as a payload'] as const) {
        const text = await (await getPage(who, address, requestKinds[kind] ?? {})).text()
        expect(text).not.toMatch(/lab-api-key|lab-hmac-key/)
      }
})

test('N1 the build has no middleware, so no authorization depends on one', () => {
  const manifest = readFileSync('.next/server/functions-config-manifest.json', 'utf8')
  expect(manifest).not.toContain('/_middleware')
  expect(existsSync('.next/server/middleware.js')).toBe(false)
})
