import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Role } from '@/lib/domain/account/permissions'
import { builtActions } from './built-actions'
import { addressOf, type HttpLab, openHttpLab } from './http-lab'

let lab: HttpLab
beforeAll(async () => {
  lab = await openHttpLab()
})
afterAll(() => lab.connection.end())

/** Posts `args` as JSON text: JSON.stringify would drop `__proto__`. */
async function act(role: Role, name: string, args: string): Promise<string> {
  const action = builtActions('.next').get(name)
  if (!action) throw new Error(`the build has no ${name}`)
  const answer = await fetch(lab.baseUrl + addressOf(action.page, lab.ids), {
    method: 'POST',
    headers: {
      ...{ origin: lab.baseUrl, 'next-action': action.id },
      ...{ ...lab.proofs[role], 'content-type': 'text/plain;charset=UTF-8' },
    },
    body: args,
  })
  return answer.text()
}

/** Fields that no form has, as the JSON of an object without its braces. */
const extras = [
  '"role":"admin","state":"concluded","signedBy":"x","isAdmin":true',
  '"retiredAt":"2020-01-01","heldBecause":"x","simulated":true,"updatedBy":"Eve","id":"x"',
  '"__proto__":{"role":"admin","heldBecause":"x"}',
  '"constructor":{"prototype":{"role":"admin","heldBecause":"x"}}',
  '"actor":{"id":"x","name":"Eve","role":"admin"},"now":"2001-01-01","db":{}',
]

test('F43 fields a form does not have are never stored with a device', async () => {
  for (const extra of extras) {
    const tag = `MA-${randomUUID().slice(0, 8)}`
    const draft = `"labTag":"${tag}","name":"Mass","enrollmentId":"","serial":"","platform":"iOS","modelIdentifier":"","modelName":"","location":"","holder":"","notes":"","mdmServerId":""`
    const text = await act(
      'engineer',
      'app/devices/actions.ts:saveDeviceAction',
      `[{${draft},${extra}}]`,
    )
    const rows = await lab.connection.sql`select * from devices where lab_tag = ${tag}`
    // Either the input is refused, or the extra field is ignored.
    if (rows.length === 0) expect(text).not.toContain('"status":"saved"')
    for (const row of rows) {
      expect(row).toMatchObject({ retired_at: null, hold_reason: null, name: 'Mass' })
      expect(row.updated_by).not.toBe('Eve')
    }
  }
})

test('F43 extra fields change neither the state, the device nor the outcome of a drafted trial', async () => {
  const [version] = await lab.connection.sql`select id from protocol_versions limit 1`
  for (const extra of extras) {
    const expectation = `Mass ${randomUUID()}`
    const input = `"deviceId":"${lab.ids.device}","protocolVersionId":"${version?.id}","expectation":"${expectation}"`
    await act('engineer', 'app/trials/new/actions.ts:draftAction', `[{${input},${extra}}]`)
    const rows = await lab.connection.sql`select * from trials where expectation = ${expectation}`
    for (const row of rows)
      expect(row).toMatchObject({ state: 'draft', device_id: lab.ids.device, outcome: null })
  }
})

test('F43 malformed input adds no person, and nobody can change their own role', async () => {
  const email = () => `${randomUUID()}@oneway.example`
  const tried = [
    (to: string) => `[{"name":"Mass","email":"${to}","role":["admin"]}]`,
    (to: string) => `[{"name":"Mass","email":"${to}","role":{"admin":true}}]`,
    (to: string) => `[[{"name":"Mass","email":"${to}","role":"admin"}]]`,
    (to: string) => `[{"name":"Mass","email":["${to}"],"role":"admin"}]`,
    (to: string) => `[{"__proto__":{"name":"Mass","email":"${to}","role":"admin"}}]`,
  ]
  for (const args of tried) {
    const to = email()
    const name = 'app/people/actions.ts:'
    for (const action of ['addPersonAction', 'invitePersonAction'])
      if (builtActions('.next').has(name + action)) await act('admin', name + action, args(to))
    expect(await lab.connection.sql`select role from users where email = ${to}`).toEqual([])
  }
  const before = await roles()
  for (const role of ['viewer', 'engineer', 'lead'] as const)
    for (const extra of extras)
      await fetch(`${lab.baseUrl}/api/auth/update-user`, {
        method: 'POST',
        headers: { ...lab.proofs[role], origin: lab.baseUrl, 'content-type': 'application/json' },
        body: `{"name":"Mass",${extra}}`,
      })
  expect(await roles()).toEqual(before)
})

const roles = async () =>
  (await lab.connection.sql`select id, role, disabled_at from users order by id`).map((row) => ({
    ...row,
  }))

test('F43 extra fields do not turn a refused release into a command', async () => {
  const commands = async () => {
    const [row] = await lab.connection.sql`
      select count(*)::int as n from commands where purpose = 'intervention'`
    return row?.n
  }
  const before = await commands()
  for (const extra of [...extras, '"holdSeconds":0,"commandUuid":"x","enrollmentId":"x"']) {
    const input = `"trialId":"${lab.ids.trial}","ordinal":1,"verdictId":2000000000`
    const name = 'app/trials/[id]/actions.ts:releaseAction'
    expect(await act('engineer', name, `[{${input},${extra}}]`)).not.toContain(
      '"status":"released"',
    )
  }
  expect(await commands()).toBe(before)
})

test('F43 a repeated, nested or polluting filter gets 200 or 400 on every page', async () => {
  const odd = [
    'environment=real&environment=simulated',
    'environment[]=simulated',
    'environment[__proto__]=simulated',
    '__proto__[environment]=simulated',
    'constructor[prototype][role]=admin',
    'text=a&text=b&outcome=x&outcome=y',
  ]
  for (const address of [
    '/devices',
    '/trials',
    '/outcomes',
    '/events',
    '/contradictions',
    '/plan',
    '/releases',
  ])
    for (const query of odd) {
      const answer = await fetch(`${lab.baseUrl}${address}?${query}`, {
        headers: lab.proofs.viewer,
      })
      expect([200, 400], `${address}?${query}: ${answer.status}`).toContain(answer.status)
    }
  // What the tests before this one exported counts towards the exports of a minute.
  await lab.connection.sql`delete from rate_limits`
  for (const query of odd) {
    const address = `/api/exports/trials.csv?${query}`
    const answer = await fetch(lab.baseUrl + address, { headers: lab.proofs.viewer })
    expect([200, 400], `${address}: ${answer.status}`).toContain(answer.status)
  }
})
