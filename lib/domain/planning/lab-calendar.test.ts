import { expect, test } from 'vitest'
import { bookingEntry, reservationEntry, trialEntry } from './calendar-entries'
import {
  type CalendarEntry,
  daysOf,
  lastsInWords,
  neighbours,
  readBookingsView,
  readCalendarView,
  spreadOverDays,
} from './lab-calendar'

const berlin = 'Europe/Berlin'
const at = (iso: string) => new Date(iso)
const entry = (uid: string, when: CalendarEntry['when']): CalendarEntry => ({
  ...{ uid, kind: 'booking', when, title: uid, notes: [], device: undefined },
  about: { kind: 'device', id: 'd1', name: 'B-1' },
  ...{ status: 'confirmed', sequence: 0, changedAt: at('2026-03-01T00:00:00Z') },
})

test('a week begins on Monday, a month has its days, and each leads to the next', () => {
  expect(daysOf({}, '2026-03-01')).toEqual(
    ['23', '24', '25', '26', '27', '28'].map((d) => `2026-02-${d}`).concat('2026-03-01'),
  )
  const february = daysOf({ span: 'month', day: '2028-02-10' }, '2026-03-01')
  expect([february.length, february[0], february.at(-1)]).toEqual([29, '2028-02-01', '2028-02-29'])
  expect(neighbours(february)).toEqual({ before: '2028-01-31', after: '2028-03-01' })
})

test.each([
  [{ span: 'year' }, 'span'],
  [{ day: '2026-02-30' }, 'day'],
  [{ day: '1066-10-14' }, 'day'],
  [{ device: 'B-01' }, 'device'],
  [{ colour: 'red' }, 'colour'],
])('%o is not understood and is named', (given, field) => {
  expect(readCalendarView(given).problems).toMatchObject([{ field }])
  if (field !== 'span' && field !== 'day')
    expect(readBookingsView({ [field]: 'x' }).problems).toMatchObject([{ field }])
})

test('an entry stands on each day it touches, by the clocks of the lab, in the order of the times', () => {
  const days = ['2026-03-28', '2026-03-29', '2026-03-30']
  const spread = spreadOverDays(
    [
      // Over the night in which clocks go on, until the midnight that ends the day.
      entry('over', { from: at('2026-03-28T20:00:00Z'), to: at('2026-03-29T22:00:00Z') }),
      entry('early', { from: at('2026-03-28T07:00:00Z'), to: at('2026-03-28T08:30:00Z') }),
      entry('check', { day: '2026-03-30' }),
      entry('open', { from: at('2026-03-29T10:00:00Z'), to: undefined }),
      entry('always', { from: at('2026-01-01T00:00:00Z'), to: undefined }),
      entry('stay', { from: at('2026-03-28T05:00:00Z'), to: at('2026-04-02T00:00:00Z') }),
      entry('elsewhen', { from: at('2026-03-30T22:00:00Z'), to: at('2026-03-31T00:00:00Z') }),
    ],
    days,
    berlin,
  )
  expect(spread.long.map((one) => `${one.uid} ${lastsInWords(one, berlin)}`)).toEqual([
    'open from 2026-03-29 12:00, without an end',
    'always from 2026-01-01 01:00, without an end',
    'stay from 2026-03-28 06:00 until 2026-04-02 02:00',
  ])
  expect(
    spread.days.map(({ day, entries }) => [
      day,
      ...entries.map((one) => `${one.entry.uid} ${one.time}`),
    ]),
  ).toEqual([
    ['2026-03-28', 'stay from 06:00', 'early 08:00 to 09:30', 'over from 21:00'],
    ['2026-03-29', 'over until 24:00', 'open from 12:00'],
    ['2026-03-30', 'check any time'],
  ])
})

const booking = {
  ...{ id: 'b1', deviceId: 'd1', labTag: 'B-1', protocolTitle: 'Two steps', target: '12.1' },
  ...{ startsAt: at('2026-03-02T10:00:00Z'), endsAt: at('2026-03-02T12:00:00Z'), endKind: null },
  ...{ bookedAt: at('2026-03-01T09:00:00Z'), bookedByName: 'Erin' },
  ...{ endedAt: null, endedByName: null, endReason: null, trial: undefined },
}
const within = at('2026-03-02T11:00:00Z')

test('each change of a booking raises its sequence; what came to nothing is cancelled', () => {
  const first = bookingEntry(booking, within)
  expect(first).toMatchObject({
    ...{ uid: 'booking-b1@oneway', title: 'B-1: Two steps to 12.1, Erin', status: 'confirmed' },
    ...{ sequence: 0, changedAt: booking.bookedAt },
  })
  const draftedAt = at('2026-03-02T10:05:00Z')
  const trial = { id: 't1', number: 4, state: 'draft', releasedAt: null, draftedAt } as const
  expect(bookingEntry({ ...booking, trial }, within)).toMatchObject({
    ...{ uid: first.uid, sequence: 1, changedAt: draftedAt, about: { kind: 'trial', name: 'T-4' } },
  })
  const ended = {
    endKind: 'takenOver',
    endedAt: within,
    endedByName: 'Lee',
    endReason: 'urgent',
  } as const
  expect(bookingEntry({ ...booking, trial, ...ended }, within)).toMatchObject({
    ...{ uid: first.uid, sequence: 2, changedAt: within, status: 'cancelled' },
    notes: [expect.stringContaining('taken over'), 'Ended by Lee: urgent'],
  })
  expect(bookingEntry(booking, booking.endsAt)).toMatchObject({
    ...{ uid: first.uid, sequence: 1, changedAt: booking.endsAt, status: 'cancelled' },
  })
})

test('a reservation lasts until its end, a trial until its deadline or its own end', () => {
  const held = { id: 'd1', labTag: 'B-1', reason: 'the fix in 12.2', by: 'Lee' }
  expect(reservationEntry({ ...held, since: null, until: null }).when).toEqual({
    from: new Date(0),
  })
  const trial = {
    ...{ id: 't1', number: 4, deviceId: 'd1', labTag: 'B-1', protocolTitle: 'Two steps' },
    ...{ registeredAt: booking.bookedAt, registeredBy: 'Erin', changedAt: within },
    ...{ state: 'observing' as const, deadlineAt: booking.endsAt, concludedAt: null },
  } as const
  expect(trialEntry(trial, within)).toMatchObject({
    when: { to: booking.endsAt },
    sequence: 93_600,
  })
  // Past its deadline it still has the device, and nothing says until when.
  expect(trialEntry(trial, booking.endsAt).when).toEqual({ from: booking.bookedAt })
  const over = { ...trial, state: 'withdrawn', concludedAt: within } as const
  expect(trialEntry(over, booking.endsAt)).toMatchObject({
    ...{ when: { to: within }, status: 'cancelled' },
  })
})
