import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { platforms } from '../device/device'
import { documentation } from '../documentation/documentation'
import type { PlistValue } from '../documentation/plist-value'
import { requestTypes } from '../trial/command-slot'
import { detectContradictions } from './detect'
import { contradictionKinds, fingerprintOf, isContradiction, wholeReply } from './finding'

// Documented names are drawn often, because otherwise no reply would resemble the documentation.
const documentedNames = Object.values(documentation)
  .flatMap(({ keys }) => keys.map(({ path }) => path.split('.').at(-1)?.replace('[]', '') ?? path))
  .concat('Status', 'ErrorChain', 'ErrorDomain', 'ErrorCode')
const name = fc.oneof(fc.constantFrom(...documentedNames), fc.string({ minLength: 1 }))
const word = fc.oneof(
  fc.constantFrom('Acknowledged', 'Error', 'Idle', 'Default', 'DeviceManagement.error'),
  fc.string(),
)

const { value } = fc.letrec<{ value: PlistValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.record({ type: fc.constant('string' as const), value: word }),
    fc.record({ type: fc.constant('integer' as const), value: fc.integer() }),
    fc.record({
      type: fc.constant('real' as const),
      value: fc.option(fc.double(), { nil: undefined }),
    }),
    fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
    fc.record({
      type: fc.constant('array' as const),
      items: fc.array(tie('value'), { maxLength: 4 }),
    }),
    fc.record({
      type: fc.constant('dict' as const),
      entries: fc
        .array(fc.tuple(name, tie('value')), { maxLength: 8 })
        .map((pairs) => new Map(pairs)),
    }),
  ),
}))

const subject = fc.record({
  requestType: fc.constantFrom(...requestTypes),
  platform: fc.constantFrom(...platforms),
  osVersion: fc.constantFrom('9.0', '11.3', '12.0.1', '16.2', '18.7', '26.1', '27.0'),
  resent: fc.option(fc.constant('It restarted'), { nil: undefined }),
})

test('any reply is compared: each finding has a reason, occurs once, and can be counted', () => {
  fc.assert(
    fc.property(subject, value, (about, reply) => {
      const checked = detectContradictions({ ...about, reply })
      if (!checked.compared) throw new Error(checked.reason)
      const odd = checked.findings.filter(isContradiction)
      const prints = odd.map((found) => fingerprintOf(about.requestType, found))
      expect(new Set(prints).size).toBe(prints.length)
      for (const found of odd) {
        expect(contradictionKinds).toContain(found.kind)
        expect(found.reason).toMatch(/\w/)
        expect(checked.judged).toContain(found.outOf)
      }
      expect(checked.judged).toContain(wholeReply)
    }),
  )
})

test('a reply has the same result on every version between two changes of the documentation', () => {
  const at = (about: object, osVersion: string, reply: PlistValue) => {
    const checked = detectContradictions({
      requestType: 'OSUpdateStatus',
      platform: 'iOS',
      ...about,
      osVersion,
      reply,
    })
    return checked.compared ? checked.findings : []
  }
  fc.assert(
    fc.property(value, (reply) => {
      expect(at({}, '17.0', reply)).toEqual(at({}, '18.6.2', reply))
      expect(at({}, '9.0', reply)).toEqual(at({}, '12.5.7', reply))
    }),
  )
})

test('without an OS version nothing is claimed', () => {
  fc.assert(
    fc.property(subject, value, (about, reply) => {
      const checked = detectContradictions({ ...about, osVersion: undefined, reply })
      expect(checked.compared).toBe(false)
    }),
  )
})
