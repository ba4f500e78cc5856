import { describe, expect, test } from 'vitest'
import { platforms } from '../device/device'
import { minutesBefore, testNow } from '../testing'
import {
  type DeviceState,
  defaultMaxAges,
  isNotApplicable,
  knownValue,
  type Reading,
  readingFieldNames,
} from './reading'

const battery = (change: Partial<Reading<'batteryLevel'>> = {}): DeviceState => ({
  batteryLevel: {
    id: 'r',
    field: 'batteryLevel',
    value: 0.5,
    source: 'mdm',
    answeredAt: minutesBefore(5),
    ...change,
  },
})
const known = (state: DeviceState, platform: (typeof platforms)[number] = 'iOS') =>
  knownValue(state, 'batteryLevel', platform, defaultMaxAges, testNow)

describe('a reading', () => {
  test('that is fresh is known', () => {
    expect(known(battery())).toEqual({ status: 'known', value: 0.5 })
  })

  test('that is stale, missing or unreadable is unknown and says why', () => {
    expect(known(battery({ answeredAt: minutesBefore(10) }))).toMatchObject({
      status: 'unknown',
      reason: expect.stringContaining('more than 10 minutes ago'),
    })
    expect(known({})).toMatchObject({ status: 'unknown', reason: 'Battery was never read' })
    const minusOne = battery({ value: undefined, unknownReason: 'the device said −1' })
    expect(known(minusOne)).toEqual({ status: 'unknown', reason: 'the device said −1' })
  })

  test('that the platform cannot have is not applicable, even if one was stored', () => {
    expect(known(battery(), 'tvOS').status).toBe('notApplicable')
    expect(known({}, 'tvOS').status).toBe('notApplicable')
  })

  test('false and 0 are known', () => {
    expect(known(battery({ value: 0 }))).toEqual({ status: 'known', value: 0 })
  })
})

test('only Apple TV lacks battery and passcode', () => {
  for (const platform of platforms)
    for (const field of ['batteryLevel', 'passcodePresent'] as const)
      expect(isNotApplicable(field, platform)).toBe(platform === 'tvOS')
})

test('every field has a maximum age', () => {
  for (const field of readingFieldNames) expect(defaultMaxAges[field]).toBeGreaterThan(0)
})
