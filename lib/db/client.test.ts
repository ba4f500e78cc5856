import { expect, test } from 'vitest'
import { isoTime } from './client'

test.each([
  ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
  ['0050-06-30 12:30:00.25+00', '0050-06-30T12:30:00.250Z'],
  ['0099-12-31 23:59:59+01', '0099-12-31T22:59:59.000Z'],
  ['0999-12-31 23:59:59-03:30', '1000-01-01T03:29:59.000Z'],
  ['2026-11-28 14:30:00.123+00', '2026-11-28T14:30:00.123Z'],
])('%s is read as that moment, never as one of this century', (text, iso) => {
  expect(new Date(isoTime(text)).toISOString()).toBe(iso)
})
