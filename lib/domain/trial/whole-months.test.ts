import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { wholeMonths } from './whole-months'

test.each([
  [{}, { days: [] }],
  [{ from: '2026-06-01' }, { from: '2026-06', days: [] }],
  [{ to: '2026-02-28' }, { to: '2026-02', days: [] }],
  // A leap day is missing.
  [{ to: '2028-02-28' }, { to: '2028-01', days: [{ from: '2028-02-01', to: '2028-02-28' }] }],
  [{ from: '2026-12-02' }, { from: '2027-01', days: [{ from: '2026-12-02', to: '2026-12-31' }] }],
  [
    { from: '2026-06-01', to: '2026-06-30' },
    { from: '2026-06', to: '2026-06', days: [] },
  ],
  [{ from: '2026-06-02', to: '2026-06-30' }, undefined],
  [{ from: '2026-06-15', to: '2026-07-15' }, undefined],
  [{ from: '2026-06-15', to: '2026-05-01' }, undefined],
])('%o', (span, months) => {
  expect(wholeMonths(span)).toEqual(months)
})

const anyDay = fc
  .integer({ min: Date.UTC(2023, 0) / 86_400_000, max: Date.UTC(2026, 0) / 86_400_000 })
  .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10))

test('each day of a span is once in a whole month or in the days beside, and no other is', () => {
  const bound = fc.option(anyDay, { nil: undefined })
  fc.assert(
    fc.property(bound, bound, anyDay, (from, to, day) => {
      const isIn = (span: { from?: string | undefined; to?: string | undefined }, what: string) =>
        (span.from === undefined || what >= span.from) && (span.to === undefined || what <= span.to)
      const months = wholeMonths({ from, to })
      if (!months) return
      const times = [
        isIn(months, day.slice(0, 7)),
        ...months.days.map((span) => isIn(span, day)),
      ].filter(Boolean).length
      expect(times).toBe(isIn({ from, to }, day) ? 1 : 0)
    }),
    { numRuns: 2000 },
  )
})
