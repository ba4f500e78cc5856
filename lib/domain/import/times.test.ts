import { expect, test } from 'vitest'
import { readTime, timeNeeds } from './times'
import { isZone, momentIn } from './zones'

const now = new Date('2026-03-02T09:00:00Z')
type Given = Parameters<typeof readTime>[1]
const read = (text: string, given: Partial<Given> = {}) => {
  const time = readTime(text, { zone: undefined, dayOrder: undefined, ...given }, now)
  return 'at' in time ? time.at.toISOString() : time.bad
}

test.each([
  ['2026-03-02T08:00:00Z', '2026-03-02T08:00:00.000Z'],
  ['2026-03-02 10:30+02:00', '2026-03-02T08:30:00.000Z'],
  ['1499452624000', '2017-07-07T18:37:04.000Z'],
  ['1781267207.872400', 'This is in the future.'],
  ['1499452624', '2017-07-07T18:37:04.000Z'],
])('%s is a moment', (text, at) => {
  expect(read(text)).toBe(at)
})

test.each([
  ['2021-11-02 08:00:00.0000000', '2021-11-02T08:00:00.000Z'],
  ['2026-01-05', '2026-01-05T00:00:00.000Z'],
  ['Jan 5, 2026 at 3:12 PM', '2026-01-05T15:12:00.000Z'],
  ['Monday, January 5 2026 at 12:05\u202fAM', '2026-01-05T00:05:00.000Z'],
  ['05.01.2026 10:00', '2026-01-05T10:00:00.000Z'],
  ['13/01/2026 10:00', '2026-01-13T10:00:00.000Z'],
])('%s has no zone, and is read in the file’s', (text, at) => {
  expect(read(text, { zone: 'UTC' })).toBe(at)
  expect(read(text)).toContain('no time zone')
})

test.each([
  ['2026-02-30T09:00:00Z', 'no such day'],
  ['2025-02-29 10:00+00:00', 'no such day'],
  ['2026-03-02T25:00:00Z', 'no such day'],
  ['2000-01-01T00:00:00Z', 'never'],
  ['1970-01-01T00:00:00Z', 'never'],
  ['0001-01-01T00:00:00Z', 'never'],
  ['0026-01-05T00:00:00Z', 'never'],
  ['1/5/26 10:00', 'two digits'],
  ['2026-03-02T09:00:01Z', 'future'],
  ['yesterday', 'as a time'],
])('%s is refused', (text, words) => {
  expect(read(text, { zone: 'UTC', dayOrder: 'dayFirst' })).toContain(words)
})

test('the day order is that of the column, or chosen for the file', () => {
  expect(timeNeeds(['1/5/2026 10:00', '1/13/2026 10:00']).dayOrder).toBe('monthFirst')
  expect(timeNeeds(['1/5/2026', '13/1/2026']).dayOrder).toBe('dayFirst')
  expect(timeNeeds(['1/5/2026', '2/3/2026']).dayOrder).toBe('undecided')
  expect(timeNeeds(['1/13/2026', '13/1/2026']).dayOrder).toBe('contradiction')
  expect(read('1/2/2026 10:00', { zone: 'UTC' })).toContain('both ways')
  expect(read('1/2/2026 10:00', { zone: 'UTC', dayOrder: 'dayFirst' })).toBe(
    '2026-02-01T10:00:00.000Z',
  )
  expect(read('1/2/2026 10:00', { zone: 'UTC', dayOrder: 'monthFirst' })).toBe(
    '2026-01-02T10:00:00.000Z',
  )
})

test('a local time is read in its zone, and of two moments the earlier one counts', () => {
  const wall = { year: 2025, month: 10, day: 26, hour: 2, minute: 30, second: 0, ms: 0 }
  expect(momentIn('Europe/Berlin', wall)?.toISOString()).toBe('2025-10-26T00:30:00.000Z')
  expect(momentIn('Europe/Berlin', { ...wall, month: 7 })?.toISOString()).toBe(
    '2025-07-26T00:30:00.000Z',
  )
  expect(momentIn('America/New_York', { ...wall, month: 1 })?.toISOString()).toBe(
    '2025-01-26T07:30:00.000Z',
  )
  expect(isZone('Europe/Berlin')).toBe(true)
  expect(isZone('Middle/Earth')).toBe(false)
})
