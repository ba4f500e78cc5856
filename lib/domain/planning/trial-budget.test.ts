import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import type { SlotMechanism } from '../trial/mechanism'
import { addDays, type Release } from './release-gaps'
import { type BudgetDevice, burnDown, type Forecast, forecastOf, trialsLeft } from './trial-budget'

const today = '2026-11-29'
const forecast: Forecast = {
  platform: 'iOS',
  major: 26,
  lastReleaseOn: '2026-11-20',
  gaps: { n: 14, low: 16, median: 21, high: 30 },
  endsOn: '2027-02-20',
}
const device: BudgetDevice = {
  platform: 'iOS',
  version: '26.4',
  hopOffered: { command: true, declaration: true },
  line: 26,
  takesRemoval: true,
}

test('a device has the hop it is offered, one a release of its line, and the hop to 27', () => {
  // 92 days from the last release to the end: 5 gaps of 16, 4 of 21, 3 of 30.
  expect(trialsLeft(device, [forecast], { today })).toEqual({ low: 5, expected: 6, high: 7 })
  expect(
    trialsLeft({ ...device, hopOffered: { command: false, declaration: false } }, [forecast], {
      today,
    }),
  ).toEqual({
    low: 4,
    expected: 5,
    high: 6,
  })
})

test('what is not known counts in the highest number alone', () => {
  const unknown = {
    ...device,
    hopOffered: { command: undefined, declaration: undefined },
    takesRemoval: undefined,
    line: undefined,
  }
  expect(trialsLeft(unknown, [forecast], { today })).toEqual({ low: 0, expected: 0, high: 2 })
})

test('a hop by one mechanism is one trial by it, none by the other, and one by either', () => {
  const left = (hopOffered: BudgetDevice['hopOffered'], mechanism?: SlotMechanism) =>
    trialsLeft({ ...device, hopOffered, line: undefined, takesRemoval: false }, [], {
      ...{ today, ...(mechanism && { mechanism }) },
    })
  const declared = { command: false, declaration: true }
  expect(left(declared, 'declaration')).toEqual({ low: 1, expected: 1, high: 1 })
  expect(left(declared, 'command')).toEqual(none)
  expect(left(declared)).toEqual(left(declared, 'declaration'))
  expect(left({ command: false, declaration: undefined })).toEqual({ ...none, high: 1 })
  expect(left({ command: false, declaration: false })).toEqual(none)
})

const none = { low: 0, expected: 0, high: 0 }

test('on 27 no command is left, and declarations go on by the releases of its line', () => {
  const there = { ...device, version: '27.0.1', line: 27, takesRemoval: true }
  const line27 = { ...forecast, major: 27 }
  const left = (mechanism?: SlotMechanism) =>
    trialsLeft(there, [forecast, line27], { today, ...(mechanism && { mechanism }) })
  expect(left('command')).toEqual(none)
  // The hop it is offered and the releases of 27: it has no second hop to 27.
  expect(left('declaration')).toEqual({ low: 4, expected: 5, high: 6 })
  expect(left()).toEqual(left('declaration'))
})

test('below 17 a hop is by command, and what comes after it by either where the line leads there', () => {
  const left = (but: Partial<BudgetDevice>, mechanism: SlotMechanism) =>
    trialsLeft({ ...device, ...but }, [forecast], { today, mechanism })
  const old = { version: '16.7', takesRemoval: false }
  expect(left(old, 'command')).toEqual({ low: 4, expected: 5, high: 6 })
  expect(left(old, 'declaration')).toEqual({ low: 3, expected: 4, high: 5 })
  expect(left({ ...old, line: 16 }, 'declaration')).toEqual(none)
  expect(left({ ...old, line: undefined }, 'declaration')).toEqual(none)
  expect(left({ version: '17.0' }, 'declaration')).toEqual(left({}, 'command'))
  // On an Apple TV declarations begin with 18.4.
  expect(left({ platform: 'tvOS', version: '18.3', line: 17 }, 'declaration')).toEqual(none)
})

test('26 on another platform has its own releases', () => {
  expect(trialsLeft({ ...device, platform: 'tvOS' }, [forecast], { today })).toEqual({
    low: 2,
    expected: 2,
    high: 2,
  })
})

test('a line silent for longer than its gaps goes on at the pace of its silence, if at all; none comes after its end', () => {
  const late = { ...forecast, lastReleaseOn: '2026-06-01', endsOn: '2026-12-01' }
  expect(trialsLeft(device, [late], { today })).toEqual({ low: 2, expected: 2, high: 3 })
  // Silent for 60 days, and 182 to its end.
  const slow = { ...forecast, lastReleaseOn: '2026-09-30', endsOn: '2027-05-30' }
  expect(trialsLeft(device, [slow], { today })).toEqual({ low: 2, expected: 5, high: 6 })
  const over = { ...forecast, endsOn: '2026-11-21' }
  expect(trialsLeft(device, [over], { today })).toEqual({ low: 2, expected: 2, high: 2 })
})

test('a waiting lab burns down its trials, and says for how many devices nothing is forecast', () => {
  const days = [today, '2026-12-20', '2027-02-20', '2027-06-01']
  const { days: left, withoutForecast } = burnDown(
    [device, device, { ...device, line: 18 }, { ...device, version: '27.0', line: undefined }],
    [forecast],
    { today, days, mechanism: 'command' },
  )
  expect(withoutForecast).toBe(1)
  expect(left.map(({ on, low, expected, high }) => [on, low, expected, high])).toEqual([
    [today, 12, 14, 16],
    ['2026-12-20', 12, 12, 14],
    ['2027-02-20', 6, 6, 6],
    ['2027-06-01', 6, 6, 6],
  ])
  // One on 27 has the hop it is offered, by declaration, and its line is not known.
  const there = { ...device, version: '27.0', line: undefined }
  expect(burnDown([there], [forecast], { today, days: [today] })).toEqual({
    days: [{ on: today, low: 1, expected: 1, high: 1 }],
    withoutForecast: 1,
  })
  expect(() => burnDown([device], [forecast], { today, days: ['2026-11-28'] })).toThrow('is before')
  expect(burnDown([], [], { today, days: [today] })).toEqual({
    days: [{ on: today, low: 0, expected: 0, high: 0 }],
    withoutForecast: 0,
  })
})

test('a forecast begins at the last release of a major version', () => {
  const releases: Release[] = [0, 10, 30, 40, 60, 80].map((days, index) => ({
    platform: 'iOS',
    version: `26.${index}`,
    releasedOn: addDays('2026-01-01', days),
  }))
  expect(forecastOf(releases, 'iOS', 26, '2027-01-01')).toEqual({
    platform: 'iOS',
    major: 26,
    lastReleaseOn: '2026-03-22',
    gaps: { n: 5, low: 10, median: 20, high: 20, major: 26 },
    endsOn: '2027-01-01',
  })
  expect(forecastOf(releases, 'iOS', 18, '2027-01-01')).toBeUndefined()
  expect(forecastOf(releases, 'iOS', 27, '2027-01-01')).toBeUndefined()
})

test('the numbers are in order, and waiting never adds a trial', () => {
  const wait = fc.nat(200)
  const gaps = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat(40), fc.nat(40))
  fc.assert(
    fc.property(gaps, wait, wait, ([low, more, most], days, others) => {
      const drawn = {
        ...forecast,
        gaps: { n: 9, low, median: low + more, high: low + more + most },
      }
      const left = (after: number) =>
        trialsLeft(device, [drawn], { today, on: addDays(today, after) })
      const [early, late] = [left(Math.min(days, others)), left(Math.max(days, others))]
      for (const one of [early, late]) {
        expect(one.low).toBeLessThanOrEqual(one.expected)
        expect(one.expected).toBeLessThanOrEqual(one.high)
      }
      expect(late.low).toBeLessThanOrEqual(early.low)
      expect(late.expected).toBeLessThanOrEqual(early.expected)
      expect(late.high).toBeLessThanOrEqual(early.high)
    }),
  )
})
