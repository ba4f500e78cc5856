import { expect, test } from 'vitest'
import {
  type BookingFacts,
  bookingStateAt,
  keepsDevice,
  mayBecomeTrial,
  readWindow,
  targetProblem,
} from './booking'

const at = (clock: string) => new Date(`2026-03-02T${clock}:00Z`)
const booked = (trial?: BookingFacts['trial']): BookingFacts => ({
  ...{ startsAt: at('10:00'), endsAt: at('12:00'), endKind: null, trial },
})
const released = { state: 'observing', releasedAt: at('11:00') } as const

test.each([
  ['before its window', booked(), '09:59', 'planned', false, true],
  ['in its window', booked(), '10:00', 'current', true, true],
  ['until its last moment', booked(), '11:59', 'current', true, true],
  ['at its end without a trial', booked(), '12:00', 'lapsed', false, false],
  ['drafted only', booked({ state: 'armed', releasedAt: null }), '11:59', 'current', true, false],
  [
    'drafted only, over',
    booked({ state: 'armed', releasedAt: null }),
    '12:00',
    'lapsed',
    false,
    false,
  ],
  ['released in it', booked(released), '11:30', 'used', true, false],
  ['released in it, over', booked(released), '12:00', 'used', false, false],
  [
    'released too late',
    booked({ ...released, releasedAt: at('12:00') }),
    '12:30',
    'lapsed',
    false,
    false,
  ],
  [
    'its trial concluded early',
    booked({ ...released, state: 'concluded' }),
    '11:30',
    'used',
    false,
    false,
  ],
  [
    'its draft withdrawn',
    booked({ state: 'withdrawn', releasedAt: null }),
    '11:00',
    'current',
    true,
    true,
  ],
  ['withdrawn', { ...booked(), endKind: 'withdrawn' }, '11:00', 'withdrawn', false, false],
  ['taken over', { ...booked(), endKind: 'takenOver' }, '11:00', 'takenOver', false, false],
] as const)('a booking %s', (_, booking, clock, state, keeps, may) => {
  const now = at(clock)
  expect(bookingStateAt(booking, now)).toBe(state)
  expect(keepsDevice(booking, now)).toBe(keeps)
  expect(mayBecomeTrial(booking, now)).toBe(may)
})

const window = (startsAt: string, endsAt: string, zone = 'Europe/Berlin') =>
  readWindow({ startsAt, endsAt }, zone, at('09:00'))

test('a window is read by the clocks of the lab', () => {
  expect(window('2026-03-02T11:00', '2026-03-02T13:00')).toEqual({
    ...{ ok: true, startsAt: at('10:00'), endsAt: at('12:00') },
  })
})

test.each([
  ['in the past', '2026-03-01T11:00', '2026-03-01T13:00', 'endsAt', 'in the past'],
  ['begun long ago', '2026-03-02T08:00', '2026-03-02T13:00', 'startsAt', 'more than an hour ago'],
  ['that ends before it starts', '2026-03-03T11:00', '2026-03-03T10:00', 'endsAt', 'not after'],
  ['of no length', '2026-03-03T11:00', '2026-03-03T11:00', 'endsAt', 'not after'],
  ['too long', '2026-03-03T11:00', '2026-03-17T11:01', 'endsAt', '14 days at most'],
  ['too far ahead', '2028-03-03T11:00', '2028-03-03T12:00', 'startsAt', 'a year ahead'],
  ['from a time that is skipped', '2026-03-29T02:30', '2026-03-29T04:00', 'startsAt', 'skip'],
  ['to a time that is skipped', '2026-03-29T01:30', '2026-03-29T02:30', 'endsAt', 'skip'],
  ['to a time that comes twice', '2026-10-25T01:30', '2026-10-25T02:30', 'endsAt', 'twice'],
  ['without a start', '', '2026-10-25T02:30', 'startsAt', 'not a day and time'],
])('a window %s is refused at its field', (_, from, to, field, reason) => {
  expect(window(from, to)).toEqual({ ok: false, field, reason: expect.stringContaining(reason) })
})

const slot = { installAction: 'Default' } as const

test('a target is a version ahead of the device, and that of the protocol', () => {
  const open = { slots: [slot] }
  const to = { slots: [slot, { ...slot, productVersion: '12.1' }] }
  expect(targetProblem('12.1', open, '12.0.1')).toBeUndefined()
  expect(targetProblem('12.1', to, undefined)).toBeUndefined()
  for (const [target, plan, os] of [
    ['newest', open, '12.0.1'],
    ['', open, undefined],
    ['12.1', open, '12.1'],
    ['11.4', open, '12.0.1'],
    ['12.2', to, '12.0.1'],
  ] as const)
    expect(targetProblem(target, plan, os)).toMatchObject({
      ...{ field: 'target', reason: expect.stringContaining('Accepted: ') },
    })
})
