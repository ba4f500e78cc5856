import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { canonicalJson } from '../signature/canonical-json'
import { canonicalRegistration, type Registration } from './registration'

const registration: Registration = {
  trialId: 't1',
  deviceId: 'd1',
  protocolVersionId: 'p1',
  protocolVersion: 2,
  plan: {
    title: 'Default twice',
    question: 'Does the second command install?',
    slots: [{ installAction: 'Default', productKey: 'iOSUpdate15G77' }],
    conditions: { battery: { max: 0.2 } },
    steps: [{ doThis: 'watch', expect: 'a prompt' }],
    expectedOutcome: 'installedAsExpected',
    deadlineMinutes: 60,
  },
  expectation: 'It installs at once.',
  prediction: ['installedAsExpected'],
  arm: null,
}

const drawn = {
  ...{ arm: 'A', method: 'random' as const, reason: null, stratum: '{}' },
  ...{ block: 1, position: 2, seedSha256: 'f'.repeat(64) },
}

/** The same value with the keys of every object in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).map(([key, held]) => [key, reordered(held)] as const)
  return Object.fromEntries(entries.toReversed())
}

test('key order never matters', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(canonicalJson(reordered(value))).toBe(canonicalJson(value))
    }),
  )
})

test('nothing is lost: parsing returns the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const plain: unknown = JSON.parse(JSON.stringify(value))
      expect(JSON.parse(canonicalJson(plain))).toEqual(plain)
    }),
  )
})

test('different values have different texts', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const same = JSON.stringify(a) === JSON.stringify(b)
      if (same) expect(canonicalJson(a)).toBe(canonicalJson(b))
      if (canonicalJson(a) === canonicalJson(b)) expect(reordered(a)).toEqual(reordered(b))
    }),
  )
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, () => 1, new Map(), [undefined]])(
  'refuses what JSON would silently change: %s',
  (value) => {
    expect(() => canonicalJson(value)).toThrow('no canonical JSON')
  },
)

test('an absent condition and an undefined one are the same', () => {
  const { plan } = registration
  const undefinedOne = { ...plan, conditions: { ...plan.conditions, network: undefined } }
  expect(canonicalRegistration({ ...registration, plan: undefinedOne })).toBe(
    canonicalRegistration(registration),
  )
})

test.each([
  ['expectation', { expectation: 'It prompts.' }],
  ['prediction', { prediction: ['refused' as const] }],
  ['absence of a prediction', { prediction: null }],
  ['arm', { arm: drawn }],
  ['device', { deviceId: 'd2' }],
  ['protocol version', { protocolVersion: 3 }],
  ['plan', { plan: { ...registration.plan, deadlineMinutes: 61 } }],
  [
    'order of the commands',
    {
      plan: {
        ...registration.plan,
        slots: registration.plan.slots.concat({ installAction: 'InstallASAP', productKey: 'x' }),
      },
    },
  ],
])('another %s has another text', (_, change) => {
  expect(canonicalRegistration({ ...registration, ...change })).not.toBe(
    canonicalRegistration(registration),
  )
})
