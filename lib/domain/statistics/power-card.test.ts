import { expect, test } from 'vitest'
import { fisherP } from './fisher'
import {
  detectableRate,
  devicesForLowerBound,
  devicesPerGroup,
  powerOfOneGroup,
  powerOfTwoGroups,
} from './power-card'
import { wilsonInterval } from './proportion'

test.each([
  [3, 0.1, false],
  [4, 0.0286, true],
  [5, 0.0079, true],
])('%i against %i devices reach %f at best', (n, p, canShow) => {
  const power = powerOfTwoGroups(n, n)
  expect(power.smallestP).toBeCloseTo(p, 4)
  expect(power.canShow).toBe(canShow)
})

test('of 5 and 5 it takes 4 against 0, 5 against 1, and more than 5 against 2', () => {
  expect(powerOfTwoGroups(5, 5).needed.slice(0, 3)).toEqual([
    { second: 0, first: 4 },
    { second: 1, first: 5 },
    { second: 2, first: undefined },
  ])
})

test('no result of two small groups is rarer than all against none', () => {
  for (let first = 1; first <= 7; first++)
    for (let second = 1; second <= 7; second++) {
      const all = Array.from({ length: first + 1 }, (_, a) =>
        Array.from({ length: second + 1 }, (_, c) =>
          fisherP({ yes: a, no: first - a }, { yes: c, no: second - c }),
        ),
      ).flat()
      expect(powerOfTwoGroups(first, second).smallestP).toBeCloseTo(Math.min(...all), 12)
    }
})

test('four in each group are the fewest that can show a difference', () => {
  expect(devicesPerGroup()).toBe(4)
  expect(devicesPerGroup(0.1)).toBe(3)
  expect(() => devicesPerGroup(0)).toThrow()
})

test('one group: the best interval, and what none in n still allows', () => {
  expect(powerOfOneGroup(5)).toEqual({
    n: 5,
    best: wilsonInterval(5, 5),
    noneAllowsUpTo: expect.closeTo(0.4507, 4),
  })
  expect(powerOfOneGroup(2).best).toBeUndefined()
})

test('a lower bound of 0.5 needs 4 of 4, 0.8 needs 16 of 16, 0.9 needs 35 of 35', () => {
  expect([0, 0.5, 0.8, 0.9].map(devicesForLowerBound)).toEqual([1, 4, 16, 35])
  const n = devicesForLowerBound(0.999)
  expect(wilsonInterval(n, n).low).toBeGreaterThanOrEqual(0.999)
  expect(wilsonInterval(n - 1, n - 1).low).toBeLessThan(0.999)
  for (const bound of [1, -0.1, Number.NaN]) expect(() => devicesForLowerBound(bound)).toThrow()
})

test('the detectable rate is where the chance to show it is the power asked for', () => {
  // 5 and 5 with none in the second group: shown by 4 or 5 of 5, and r⁵ + 5r⁴(1 − r) = 0.8.
  const rate = detectableRate(5, 5, 0) ?? 0
  expect(rate ** 5 + 5 * rate ** 4 * (1 - rate)).toBeCloseTo(0.8, 7)
  expect(detectableRate(3, 3, 0)).toBeUndefined()
  expect(detectableRate(5, 5, 0.5)).toBeUndefined()
  expect(detectableRate(20, 20, 0.5)).toBeGreaterThan(0.85)
})
