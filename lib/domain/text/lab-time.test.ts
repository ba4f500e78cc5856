import { expect, test } from 'vitest'
import { labDay, labField, readLabTime, startOfLabDay, windowInWords } from './lab-time'

const berlin = 'Europe/Berlin'
const at = (iso: string) => new Date(iso)

test.each([
  ['2026-11-30T09:30', berlin, '2026-11-30T08:30:00.000Z'],
  [' 2026-07-01 09:30 ', berlin, '2026-07-01T07:30:00.000Z'],
  ['2026-07-01 09:30', 'UTC', '2026-07-01T09:30:00.000Z'],
  // Clocks go on at 2:00 and back at 3:00; what is beside those hours is clear.
  ['2026-03-29 01:59', berlin, '2026-03-29T00:59:00.000Z'],
  ['2026-03-29 03:00', berlin, '2026-03-29T01:00:00.000Z'],
  ['2026-10-25 01:59', berlin, '2026-10-24T23:59:00.000Z'],
  ['2026-10-25 03:00', berlin, '2026-10-25T02:00:00.000Z'],
  // A zone that changes by half an hour.
  ['2026-10-04 02:30', 'Australia/Lord_Howe', '2026-10-03T15:30:00.000Z'],
])('%s in %s is %s, and is written as it was typed', (text, zone, iso) => {
  const read = readLabTime(text, zone)
  expect(read).toEqual({ ok: true, at: at(iso) })
  expect(labField(at(iso), zone)).toBe(text.trim().replace(' ', 'T'))
})

test.each([
  ['2026-03-29 02:30', berlin, '02:30 does not exist on 2026-03-29 in Europe/Berlin'],
  ['2026-10-04 02:10', 'Australia/Lord_Howe', '02:10 does not exist on 2026-10-04'],
  [
    '2026-10-25 02:00',
    berlin,
    'exists twice on 2026-10-25 in Europe/Berlin, at 00:00 UTC and at 01:00 UTC',
  ],
  [
    '2026-10-25T02:59',
    berlin,
    'at 00:59 UTC and at 01:59 UTC. Accepted: an earlier or a later time',
  ],
  ['2026-02-30 09:30', berlin, 'does not exist'],
  ['2026-02-28 24:00', 'UTC', 'does not exist'],
  ['tomorrow', berlin, 'Accepted: a day and time such as 2026-11-30 09:30'],
  ['2026-11-30T09:30Z', berlin, 'Accepted: a day and time'],
  ['', 'UTC', 'This is not a day and time'],
])('%s in %s is refused: %s', (text, zone, reason) => {
  expect(readLabTime(text, zone)).toEqual({ ok: false, reason: expect.stringContaining(reason) })
})

test('a window is written by the clocks of the lab, with its second day', () => {
  const from = at('2026-11-30T08:30:00Z')
  expect(windowInWords(from, at('2026-11-30T11:00:00Z'), berlin)).toBe(
    '2026-11-30 09:30 to 12:00 Europe/Berlin',
  )
  expect(windowInWords(from, at('2026-11-30T23:15:00Z'), berlin)).toBe(
    '2026-11-30 09:30 to 2026-12-01 00:15 Europe/Berlin',
  )
})

test('a day begins at its first moment, also where clocks skip midnight', () => {
  expect(startOfLabDay('2026-03-29', berlin)).toEqual(at('2026-03-28T23:00:00Z'))
  expect(startOfLabDay('2026-03-30', berlin)).toEqual(at('2026-03-29T22:00:00Z'))
  const havana = startOfLabDay('2026-03-08', 'America/Havana')
  expect(havana).toEqual(at('2026-03-08T05:00:00Z'))
  expect(havana && labDay(havana, 'America/Havana')).toBe('2026-03-08')
  expect(startOfLabDay('2026-02-30', berlin)).toBeUndefined()
})
