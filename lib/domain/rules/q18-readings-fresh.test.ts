import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { readingsFresh } from './q18-readings-fresh'

const cases: [what: string, change: Change, verdict: string][] = [
  ['all fresh', { relied: ['osVersion', 'batteryLevel'] }, 'pass'],
  ['one stale', { relied: ['osVersion', 'batteryLevel'], stale: ['batteryLevel'] }, 'unknown'],
  ['one missing', { relied: ['osVersion', 'batteryLevel'], without: ['osVersion'] }, 'unknown'],
  ['a stale one nobody relied on', { relied: ['osVersion'], stale: ['batteryLevel'] }, 'pass'],
  [
    'what the platform does not have',
    {
      device: { platform: 'tvOS' },
      relied: ['osVersion', 'passcodePresent'],
      without: ['passcodePresent'],
    },
    'pass',
  ],
  ['nothing relied on', { relied: [] }, 'unknown'],
  [
    'one that only the protocol names, stale',
    {
      relied: ['osVersion'],
      stale: ['batteryLevel'],
      conditions: { freshReadings: ['batteryLevel'] },
    },
    'unknown',
  ],
  [
    'one that only the protocol names, fresh',
    { relied: ['osVersion'], conditions: { freshReadings: ['batteryLevel'] } },
    'pass',
  ],
  [
    'nothing relied on, whatever the protocol names',
    { relied: [], conditions: { freshReadings: ['batteryLevel'] } },
    'unknown',
  ],
]

test.each(cases)('Q18 fresh readings: %s', (_, change, verdict) => {
  expect(judge(readingsFresh, change).verdict).toBe(verdict)
})

test('Q18 fresh readings: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(readingsFresh, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})

test('names every reading that is stale or missing, and how to get it', () => {
  const { reason, remedy } = judge(readingsFresh, {
    relied: ['osVersion', 'batteryLevel', 'externalPower'],
    without: ['externalPower'],
    stale: ['batteryLevel'],
  })
  expect(reason).toBe('stale or missing: Battery, External power')
  expect(remedy).toContain('BatteryLevel')
  expect(remedy).toContain('enter')
})
