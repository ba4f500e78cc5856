import { expect, test } from 'vitest'
import { readInstant } from './instant'

const now = new Date('2026-11-27T10:00:00.500Z')

test.each([
  ['2026-11-27T09:30Z', '2026-11-27T09:30:00.000Z'],
  ['2026-11-27T09:30:15Z', '2026-11-27T09:30:15.000Z'],
  ['2026-11-27T09:30:15.7Z', '2026-11-27T09:30:15.700Z'],
  [' 2026-11-27T09:30:15.789 ', '2026-11-27T09:30:15.789Z'],
  ['2026-11-27T10:00:00.500Z', '2026-11-27T10:00:00.500Z'],
  ['2024-02-29T23:59', '2024-02-29T23:59:00.000Z'],
])('%s is understood, in UTC', (text, at) => {
  expect(readInstant(text, now)).toEqual({ ok: true, at: new Date(at) })
})

test.each([
  ['', /not a date and time/],
  ['yesterday', /not a date and time/],
  ['2026-11-27', /not a date and time/],
  ['2026-11-27T09:30+02:00', /not a date and time/],
  ['2026-11-27 09:30', /not a date and time/],
  ['1764235800', /not a date and time/],
  ['2026-02-30T09:30Z', /does not exist/],
  ['2026-11-27T24:00Z', /does not exist/],
  ['2026-13-01T00:00Z', /does not exist/],
  ['2026-11-27T10:00:00.501Z', /in the future/],
  ['9999-01-01T00:00Z', /in the future/],
])('%s is refused with its reason', (text, reason) => {
  expect(readInstant(text, now)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(reason),
  })
})
