import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { kaplanMeier, numbersAtRisk } from './kaplan-meier'
import { timed, timedTrials } from './testing'

test('12, 15, 20+, 34, 60+ minutes: S, its errors, and a median of 34', () => {
  const curve = kaplanMeier(timed('12 15 20+ 34 60+'))
  expect(curve?.steps.map(({ survival }) => survival)).toEqual(
    [0.8, 0.6, 0.6, 0.3, 0.3].map((survival) => expect.closeTo(survival, 12)),
  )
  const errors = curve?.steps.map(({ standardError }) => standardError)
  expect(errors).toEqual(
    [0.1789, 0.2191, 0.2191, 0.2387, 0.2387].map((se) => expect.closeTo(se, 4)),
  )
  expect(curve?.steps.map(({ atRisk }) => atRisk)).toEqual([5, 4, 3, 2, 1])
  expect(curve?.median).toEqual({ time: 34, low: 12, high: undefined })
  expect(curve).toMatchObject({ n: 5, events: 3 })
})

test('no curve is drawn under three trials', () => {
  expect(kaplanMeier([])).toBeUndefined()
  expect(kaplanMeier(timed('1 2'))).toBeUndefined()
  expect(kaplanMeier(timed('1 2 3'))).toBeDefined()
})

test('where nothing happened the curve stays at 1, without limits and without a median', () => {
  const curve = kaplanMeier(timed('5+ 7+ 9+'))
  expect(curve?.steps.map(({ survival, limits }) => [survival, limits])).toEqual([
    [1, undefined],
    [1, undefined],
    [1, undefined],
  ])
  expect(curve?.median).toEqual({ time: undefined, low: undefined, high: undefined })
})

test('where it happened everywhere the curve ends at 0, where there is no error and no limit', () => {
  const curve = kaplanMeier(timed('1 2 2'))
  expect(curve?.steps.at(-1)).toMatchObject({
    survival: 0,
    standardError: undefined,
    limits: undefined,
  })
})

test('a trial that ends with the time of an event was at risk of it', () => {
  const [step] = kaplanMeier(timed('4 4+ 9'))?.steps ?? []
  expect(step).toMatchObject({
    time: 4,
    atRisk: 3,
    events: 1,
    censored: 1,
    survival: expect.closeTo(2 / 3, 12),
  })
})

test.each([
  ['1 2 3 4', 2.5],
  ['1 2 3 4 5 6', 3.5],
  ['1 2+ 3 4+', 3],
  ['1 2 3+ 4+', 2],
])(
  'a curve that lies on a half has its median in the middle of the plateau: %s',
  (text, median) => {
    expect(kaplanMeier(timed(text))?.median.time).toBe(median)
  },
)

test('numbers at risk are those watched until then or longer', () => {
  expect(numbersAtRisk(timed('12 15 20+ 34 60+'), [0, 12, 13, 30, 60, 61])).toEqual([
    5, 5, 4, 2, 1, 0,
  ])
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('a time of %d is refused', (time) => {
  expect(() => kaplanMeier([{ time, happened: true }])).toThrow('a time from 0 on')
})

test('without censoring the curve is the share that is left, and it never rises', () => {
  fc.assert(
    fc.property(timedTrials(3), (trials) => {
      const all = kaplanMeier(trials.map((trial) => ({ ...trial, happened: true })))
      for (const { time, survival } of all?.steps ?? [])
        expect(survival).toBeCloseTo(
          trials.filter((trial) => trial.time > time).length / trials.length,
          12,
        )
      const steps = kaplanMeier(trials)?.steps ?? []
      for (const [index, { survival, limits, atRisk }] of steps.entries()) {
        expect(survival).toBeLessThanOrEqual(steps[index - 1]?.survival ?? 1)
        expect(atRisk).toBe(numbersAtRisk(trials, [steps[index]?.time ?? -1])[0])
        if (!limits) continue
        expect(limits.low).toBeLessThanOrEqual(survival)
        expect(limits.high).toBeGreaterThanOrEqual(survival)
        expect(limits.low).toBeGreaterThanOrEqual(0)
        expect(limits.high).toBeLessThanOrEqual(1)
      }
    }),
  )
})
