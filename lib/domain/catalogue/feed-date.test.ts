import { expect, test } from 'vitest'
import { daysBetween, daysOf, parseFeedDate } from './feed-date'

test.each([
  ['2026', 'year', '2026-01-01', '2026-12-31'],
  ['2024-02', 'month', '2024-02-01', '2024-02-29'],
  ['2026-08-17', 'day', '2026-08-17', '2026-08-17'],
  ['2026-08-17T17:00:31Z', 'time', '2026-08-17', '2026-08-17'],
  ['2026-08-22T18:45:03.083466422+00:00', 'time', '2026-08-22', '2026-08-22'],
])('"%s" is kept as it stands, with the precision %s', (text, precision, first, last) => {
  const date = parseFeedDate(text)
  expect(date).toEqual({ text, precision })
  expect(date && daysOf(date)).toEqual({ first, last })
})

test.each([
  ...['', ' 2026', '26', '2026-8-17', '2026-13', '2026-00', '2026-02-30', '2026-08-17 17:00'],
  ...[
    '17.08.2026',
    '2026-08-17T25:00:00Z',
    '2026-08-17T17:00',
    'soon',
    '2026-08-17T17:00:31+15:00',
  ],
])('"%s" is no date', (text) => expect(parseFeedDate(text)).toBeUndefined())

test('days are counted by the calendar, and backwards too', () => {
  expect(daysBetween('2026-02-27', '2026-03-01')).toBe(2)
  expect(daysBetween('2026-03-01', '2026-02-27')).toBe(-2)
})
