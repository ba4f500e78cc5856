import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { batteryOrPower } from './q12-battery-or-power'

const cases: [what: string, change: Change, verdict: string][] = [
  ['0.83 and plugged in', {}, 'pass'],
  ['0.50 and unplugged', { values: { batteryLevel: 0.5, externalPower: false } }, 'pass'],
  ['0.49 and unplugged', { values: { batteryLevel: 0.49, externalPower: false } }, 'fail'],
  ['0.18 and plugged in', { values: { batteryLevel: 0.18, externalPower: true } }, 'pass'],
  [
    '0.18, power never typed',
    { values: { batteryLevel: 0.18 }, without: ['externalPower'] },
    'unknown',
  ],
  ['0.83, power never typed', { without: ['externalPower'] }, 'pass'],
  ['plugged in, battery never read', { without: ['batteryLevel'] }, 'unknown'],
  ['battery stale', { stale: ['batteryLevel'] }, 'unknown'],
  ['50 is no fraction', { values: { batteryLevel: 50, externalPower: false } }, 'unknown'],
  ['-1 is no fraction', { values: { batteryLevel: -1, externalPower: false } }, 'unknown'],
  [
    'the lab asks for 0.80',
    { values: { batteryLevel: 0.7, externalPower: false }, settings: { minBattery: 0.8 } },
    'fail',
  ],
  ['Apple TV', { device: { platform: 'tvOS' } }, 'notApplicable'],
  [
    'the protocol wants below 0.20, and it is',
    { values: { batteryLevel: 0.18, externalPower: false }, conditions: { battery: { max: 0.2 } } },
    'pass',
  ],
  [
    'the protocol wants below 0.20, and it is not',
    { values: { batteryLevel: 0.83, externalPower: true }, conditions: { battery: { max: 0.2 } } },
    'fail',
  ],
  [
    'the protocol wants below 0.20, not known',
    { conditions: { battery: { max: 0.2 } }, without: ['batteryLevel'] },
    'unknown',
  ],
  [
    'the protocol wants 0.9',
    { values: { batteryLevel: 0.83, externalPower: true }, conditions: { battery: { min: 0.9 } } },
    'fail',
  ],
  [
    'the protocol wants it unplugged, and it is',
    { values: { batteryLevel: 0.1, externalPower: false }, conditions: { externalPower: false } },
    'pass',
  ],
  [
    'the protocol wants it unplugged, and it is not',
    { values: { batteryLevel: 0.9, externalPower: true }, conditions: { externalPower: false } },
    'fail',
  ],
  [
    'the protocol wants it plugged in, and it is not',
    { values: { batteryLevel: 0.9, externalPower: false }, conditions: { externalPower: true } },
    'fail',
  ],
  [
    'the protocol wants both, one is missing',
    {
      values: { batteryLevel: 0.18, externalPower: true },
      conditions: { battery: { max: 0.2 }, externalPower: false },
    },
    'fail',
  ],
  [
    'the protocol wants it unplugged, nobody looked',
    { conditions: { externalPower: false }, without: ['externalPower'] },
    'unknown',
  ],
  [
    'a range left empty replaces nothing',
    { values: { batteryLevel: 0.1, externalPower: false }, conditions: { battery: {} } },
    'fail',
  ],
]

test.each(cases)('Q12 battery or power: %s', (_, change, verdict) => {
  expect(judge(batteryOrPower, change).verdict).toBe(verdict)
})

test('Q12 battery or power: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(batteryOrPower, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})

test('the bound is never called a rule of Apple', () => {
  expect(judge(batteryOrPower, { values: { externalPower: false } }).reason).toContain(
    'no source gives a minimum percentage; a lab setting',
  )
})

test("a protocol's own condition is named as such", () => {
  const own = { conditions: { battery: { max: 0.2 } } }
  expect(judge(batteryOrPower, own).reason).toMatch(/^the protocol asks for/)
})
