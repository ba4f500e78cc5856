import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import type { DeclarationSlotPlan } from '@/lib/domain/trial/protocol'
import { fc } from '@/lib/property.testing'
import {
  buildEnforcement,
  commandOfIdentifier,
  enforcementNames,
  enforcementProblem,
  readEnforcement,
} from './build-enforcement'

const commandUuid = '0b6e0f9c-2a53-4b0f-9d6e-5c1f0f6a7d11'
const local = '2027-01-15T09:00:00'
const slot: DeclarationSlotPlan = {
  mechanism: 'declaration',
  targetVersion: '18.2',
  targetBuild: '22C152',
  when: { kind: 'atLocalTime', daysLater: 1, clock: '09:00' },
  detailsUrl: 'https://lab.example/t-17',
}

test('the exact bytes of configuration and activation', () => {
  const built = buildEnforcement({ commandUuid, slot, local })
  const name = `lab.oneway.${commandUuid}`
  expect(Buffer.from(built.stored).toString()).toBe(
    [
      `{"Identifier":"${name}.enforce","Payload":{"DetailsURL":"https://lab.example/t-17","TargetBuildVersion":"22C152","TargetLocalDateTime":"2027-01-15T09:00:00","TargetOSVersion":"18.2"},"Type":"com.apple.configuration.softwareupdate.enforcement.specific"}`,
      `{"Identifier":"${name}.activate","Payload":{"StandardConfigurations":["${name}.enforce"]},"Type":"com.apple.activation.simple"}`,
      '',
    ].join('\n'),
  )
  expect(built.set).toBe(name)
  expect(built.sha256).toBe(createHash('sha256').update(built.stored).digest('hex'))
})

const items = ['device.identifier.udid', 'softwareupdate.install-state']

test('a status subscription follows, with an activation of its own', () => {
  const built = buildEnforcement({ commandUuid, slot, local, items })
  const name = `lab.oneway.${commandUuid}`
  const lines = Buffer.from(built.stored).toString().split('\n')
  expect(lines.slice(2)).toEqual([
    `{"Identifier":"${name}.subscribe","Payload":{"StatusItems":[{"Name":"device.identifier.udid"},{"Name":"softwareupdate.install-state"}]},"Type":"com.apple.configuration.management.status-subscriptions"}`,
    `{"Identifier":"${name}.activate-subscription","Payload":{"StandardConfigurations":["${name}.subscribe"]},"Type":"com.apple.activation.simple"}`,
    '',
  ])
  const pair = buildEnforcement({ commandUuid, slot, local })
  expect(Buffer.from(built.stored).subarray(0, pair.stored.length)).toEqual(
    Buffer.from(pair.stored),
  )
  expect(readEnforcement(built.stored, commandUuid)).toEqual({
    ...{ set: name, stored: built.stored, subscription: built.subscription },
    ...{ configuration: built.configuration, activation: built.activation },
  })
})

test('what is not named is no key', () => {
  const plain = buildEnforcement({
    commandUuid,
    local,
    slot: { mechanism: 'declaration', targetVersion: '18.2', when: { kind: 'asSoonAsPossible' } },
  })
  expect(JSON.parse(Buffer.from(plain.configuration.json).toString()).Payload).toEqual({
    TargetLocalDateTime: local,
    TargetOSVersion: '18.2',
  })
})

test('an identifier of ours names its command, and a stranger’s does not', () => {
  const names = enforcementNames(commandUuid)
  for (const name of Object.values(names)) {
    expect(name).toMatch(/^[A-Za-z0-9.-]+$/)
    expect(commandOfIdentifier(name)).toBe(commandUuid)
  }
  for (const name of ['lab.oneway.t-17.enforce', `${names.configuration}.x`, `x${names.set}`, ''])
    expect(commandOfIdentifier(name)).toBeUndefined()
})

test('a UUID or local time of another form is a bug', () => {
  expect(() => buildEnforcement({ commandUuid: '../x', slot, local })).toThrow('UUID')
  expect(() => buildEnforcement({ commandUuid: commandUuid.toUpperCase(), slot, local })).toThrow(
    'lower case',
  )
  expect(() => buildEnforcement({ commandUuid, slot, local: '2027-01-15T09:00:00Z' })).toThrow(
    'TargetLocalDateTime',
  )
})

const anySlot = fc.record(
  {
    mechanism: fc.constant('declaration' as const),
    targetVersion: fc.string({ minLength: 1, unit: 'grapheme' }),
    when: fc.constant({ kind: 'asSoonAsPossible' as const }),
    targetBuild: fc.string({ minLength: 1 }),
    detailsUrl: fc.string({ minLength: 1, unit: 'grapheme' }),
  },
  { requiredKeys: ['mechanism', 'targetVersion', 'when'] },
)

test('the same order always gives the same bytes, which are cut into what is put', () => {
  fc.assert(
    fc.property(fc.uuid(), anySlot, (uuid, one) => {
      const built = buildEnforcement({ commandUuid: uuid, slot: one, local })
      const turned = Object.fromEntries(Object.entries(one).reverse()) as typeof one
      expect(buildEnforcement({ commandUuid: uuid, slot: turned, local }).sha256).toBe(built.sha256)
      const read = readEnforcement(built.stored, uuid)
      expect(read && Buffer.from(read.configuration.json)).toEqual(
        Buffer.from(built.configuration.json),
      )
      expect(read && Buffer.from(read.activation.json)).toEqual(Buffer.from(built.activation.json))
      const payload = JSON.parse(Buffer.from(built.configuration.json).toString()).Payload
      expect(payload.TargetOSVersion).toBe(one.targetVersion)
    }),
  )
})

test.each([
  ['a pair', undefined],
  ['a pair and a subscription', items],
])('stored bytes of anything else than %s are refused', (_what, subscribed) => {
  const order = { commandUuid, slot, local }
  const { stored } = buildEnforcement(subscribed ? { ...order, items: subscribed } : order)
  // Two of the four are what an older version has stored; the database holds a command to its hash.
  const pair = buildEnforcement(order).stored.length
  expect(enforcementProblem(stored, commandUuid)).toBeUndefined()
  const other = '11111111-2a53-4b0f-9d6e-5c1f0f6a7d11'
  expect(enforcementProblem(stored, other)).toContain(other)
  for (const wrong of [
    '',
    '\n',
    '\n\n',
    '{}\n{}\n',
    `${Buffer.from(stored)}\n`,
    ...[`${Buffer.from(stored)}{}\n`, Buffer.concat([stored, stored]).toString()],
    '[1]\nnull\n',
  ])
    expect(enforcementProblem(Buffer.from(wrong), commandUuid)).toBeDefined()
  fc.assert(
    fc.property(fc.nat(stored.length - 1), (cut) => {
      if (cut === pair) return
      expect(enforcementProblem(stored.subarray(0, cut), commandUuid)).toBeDefined()
    }),
  )
})
