import { expect, test } from 'vitest'
import { addDays, dayNumber, type Release, releaseGaps } from './release-gaps'

const release = (version: string, releasedOn: string | undefined): Release => ({
  platform: 'tvOS',
  version,
  releasedOn,
})

test('gaps are those between days of release within one major version', () => {
  const releases: Release[] = [
    release('18.1', '2024-12-01'),
    release('26.0', '2025-09-15'),
    release('26.0.1', '2025-09-25'),
    release('26.1', '2025-10-15'),
    // On one day: nobody waited between the two.
    release('26.1.1', '2025-10-15'),
    release('26.2', '2025-11-24'),
    release('26.3', '2025-12-04'),
    release('26.4', '2026-01-23'),
    release('26.5', undefined),
    release('27.0', '2026-09-14'),
    { ...release('26.4.1', '2026-01-24'), platform: 'iOS' },
  ]
  const gaps = { n: 5, low: 10, median: 20, high: 40, major: 26 }
  expect(releaseGaps(releases, 'tvOS', 26)).toEqual(gaps)
  // 27 has no gap yet.
  expect(releaseGaps(releases, 'tvOS', 27)).toEqual(gaps)
  expect(releaseGaps(releases, 'tvOS', 18)).toBeUndefined()
  expect(releaseGaps(releases, 'iPadOS', 26)).toBeUndefined()
})

test.each(['2026', '2026-2-3', '2026-02-30', '30.02.2026', ''])('"%s" is no day', (day) => {
  expect(() => dayNumber(day)).toThrow('is no day')
})

test('days are counted in UTC, over leap years and changes of clocks', () => {
  expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
  expect(addDays('2026-03-28', 2)).toBe('2026-03-30')
  expect(addDays('2026-11-29', 20.5)).toBe('2026-12-20')
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
})
