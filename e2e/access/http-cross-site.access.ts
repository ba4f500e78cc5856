import { afterAll, beforeAll, expect, test } from 'vitest'
import { builtActions } from './built-actions'
import { addressOf, type HttpLab, openHttpLab } from './http-lab'
import { routes } from './matrix-app'

let lab: HttpLab
beforeAll(async () => {
  lab = await openHttpLab()
})
afterAll(() => lab.connection.end())

/** Headers of cross-site requests: of browsers with and without Fetch Metadata, and of sandboxed frames. */
const crossSite: Record<string, () => Record<string, string>> = {
  'no Origin': () => ({}),
  'Origin null': () => ({ origin: 'null' }),
  'another site': () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
  'a sub-domain': () => ({
    origin: lab.baseUrl.replace('://', '://sub.'),
    'sec-fetch-site': 'same-site',
  }),
  'another port': () => ({ origin: lab.baseUrl.replace(/:\d+$/, ':1') }),
  'our Origin, cross-site by the browser': () => ({
    origin: lab.baseUrl,
    'sec-fetch-site': 'cross-site',
  }),
}

/** Content types that a form of another site can send without a CORS preflight. */
const simple = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
]

const bodyFor = (contentType: string, id: string) => {
  if (contentType.startsWith('multipart'))
    return `--x\r\ncontent-disposition: form-data; name="$ACTION_ID_${id}"\r\n\r\n\r\n--x--\r\n`
  return contentType === 'text/plain' ? '[{}]' : `$ACTION_ID_${id}=`
}

const asLead = (address: string, method: string, headers: Record<string, string>, body?: string) =>
  fetch(lab.baseUrl + address, {
    method,
    headers: { ...lab.proofs.lead, ...headers },
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  })

/** Counts that an action would have changed. */
async function counts() {
  const [row] = await lab.connection.sql`
    select (select count(*) from trials) as trials, (select count(*) from protocol_versions) as plans,
      (select count(*) from users) as people, (select count(*) from observations) as observations,
      (select count(*) from devices where hold_reason is not null or retired_at is not null) as held`
  return { ...row }
}

const everyAction = () => [...builtActions('.next')]

test.each(Object.keys(crossSite))('F40 %s: every action is refused with 403', async (origin) => {
  const before = await counts()
  const wrong: string[] = []
  const headers = crossSite[origin]?.() ?? {}
  for (const [name, { id, page }] of everyAction())
    for (const contentType of simple) {
      const sent = { ...headers, 'content-type': contentType }
      const body = bodyFor(contentType, id)
      const address = addressOf(page, lab.ids)
      const answers = [
        await asLead(address, 'POST', { ...sent, 'next-action': id }, body),
        await asLead(address, 'POST', sent, body),
      ]
      for (const { status } of answers) if (status !== 403) wrong.push(`${name}: ${status}`)
    }
  expect(wrong).toEqual([])
  expect(await counts()).toEqual(before)
})

test('F40 the authorization guard refuses a request that the check before it lets through', async () => {
  const wrong: string[] = []
  for (const [name, { id, page }] of everyAction()) {
    const headers = {
      ...{ authorization: 'Basic eDp5', 'next-action': id },
      'content-type': 'text/plain;charset=UTF-8',
    }
    // Next's own check accepts a request without an Origin.
    const { status } = await asLead(addressOf(page, lab.ids), 'POST', headers, '[{}]')
    if (status !== 403) wrong.push(`${name}: ${status}`)
  }
  expect(wrong).toEqual([])
})

test('F40 GET and HEAD run no action', async () => {
  const before = await counts()
  for (const [index, [, { id, page }]] of everyAction().entries()) {
    const method = index % 5 === 0 ? 'HEAD' : 'GET'
    const answer = await asLead(addressOf(page, lab.ids), method, { 'next-action': id })
    await answer.text()
    expect(answer.headers.get('content-type') ?? 'text/html').toMatch(/^text\/html/)
    expect(answer.headers.get('x-action-redirect')).toBeNull()
  }
  expect(await counts()).toEqual(before)
})

const changing = ['POST', 'PUT', 'PATCH', 'DELETE']

test.each(Object.keys(crossSite))(
  'F40 %s: every route refuses every method but GET',
  async (origin) => {
    const headers = { ...crossSite[origin]?.(), 'content-type': 'text/plain' }
    const wrong: string[] = []
    for (const name of Object.keys(routes)) {
      const [file = ''] = name.split(':')
      const address = file.includes('[...all]')
        ? '/api/auth/sign-in/email'
        : addressOf(file, lab.ids)
      for (const method of changing) {
        const { status } = await asLead(address, method, headers, '{}')
        // 405: the route has no such method.
        if (![403, 405].includes(status)) wrong.push(`${method} ${address}: ${status}`)
      }
    }
    expect(wrong).toEqual([])
  },
)

test('F40 a cross-site request cannot sign in, sign out or change an account', async () => {
  const paths = ['sign-in/email', 'sign-out', 'update-user', 'change-password', 'revoke-sessions']
  for (const origin of Object.values(crossSite))
    for (const path of paths) {
      const headers = { ...origin(), 'content-type': 'application/json' }
      const answer = await asLead(`/api/auth/${path}`, 'POST', headers, '{}')
      expect(answer.status, path).toBe(403)
    }
  const still = await asLead('/devices', 'GET', {})
  expect(still.status).toBe(200)
})
