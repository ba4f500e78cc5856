import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { clockOf, isIanaZone } from '../import/zones'
import { enforcementWords, localEnforcement } from './enforcement-time'

const at = (clock: string, daysLater: number) =>
  ({ kind: 'atLocalTime', clock, daysLater }) as const

test('the local time is that of the device, whatever UTC says of the day', () => {
  const released = new Date('2027-01-15T23:30:00Z')
  expect(localEnforcement(at('09:00', 1), 'Europe/Berlin', released)).toEqual({
    ok: true,
    local: '2027-01-17T09:00:00',
    zone: 'Europe/Berlin',
    instants: [new Date('2027-01-17T08:00:00Z')],
  })
  expect(localEnforcement(at('09:00', 1), 'America/Los_Angeles', released)).toMatchObject({
    local: '2027-01-16T09:00:00',
    instants: [new Date('2027-01-16T17:00:00Z')],
  })
})

test('a time that clocks skip in spring is refused with the reason', () => {
  const released = new Date('2027-03-27T12:00:00Z')
  expect(localEnforcement(at('02:30', 1), 'Europe/Berlin', released)).toEqual({
    ok: false,
    reason:
      '02:30 does not exist on 2027-03-28 in Europe/Berlin, as clocks are put forward over it',
  })
  expect(localEnforcement(at('03:00', 1), 'Europe/Berlin', released)).toMatchObject({ ok: true })
  // Half an hour is skipped on Lord Howe Island.
  expect(
    localEnforcement(at('02:15', 1), 'Australia/Lord_Howe', new Date('2027-10-02T00:00:00Z')),
  ).toMatchObject({ ok: false })
})

test('a time that exists twice in autumn is said with both instants', () => {
  const read = localEnforcement(at('02:30', 1), 'Europe/Berlin', new Date('2027-10-30T12:00:00Z'))
  expect(read).toMatchObject({
    instants: [new Date('2027-10-31T00:30:00Z'), new Date('2027-10-31T01:30:00Z')],
  })
  if (!read.ok) throw new Error(read.reason)
  expect(enforcementWords(read)).toMatch(/^2027-10-31T02:30:00 Europe\/Berlin \(twice, at .+ and /)
})

test.each([
  // Lord Howe puts its clocks back by half an hour: 01:45 is there twice, 30 minutes apart.
  [
    'Australia/Lord_Howe',
    '01:45',
    '2027-04-03T00:00:00Z',
    ['2027-04-03T14:45:00Z', '2027-04-03T15:15:00Z'],
  ],
  ['Australia/Lord_Howe', '02:00', '2027-04-03T00:00:00Z', ['2027-04-03T15:30:00Z']],
  ['Australia/Lord_Howe', '02:30', '2027-10-02T00:00:00Z', ['2027-10-02T15:30:00Z']],
  // Those of Chatham are put forward at 02:45.
  ['Pacific/Chatham', '02:44', '2027-09-25T00:00:00Z', ['2027-09-25T13:59:00Z']],
  ['Pacific/Chatham', '03:44', '2027-09-25T00:00:00Z', []],
  ['Asia/Kolkata', '02:30', '2027-03-27T12:00:00Z', ['2027-03-27T21:00:00Z']],
  ['Asia/Kathmandu', '00:00', '2027-03-27T12:00:00Z', ['2027-03-27T18:15:00Z']],
  // Beyond 2^31 seconds.
  ['Europe/Berlin', '09:00', '2038-01-18T12:00:00Z', ['2038-01-19T08:00:00Z']],
  [
    'Europe/Berlin',
    '02:30',
    '2060-10-30T12:00:00Z',
    ['2060-10-31T00:30:00Z', '2060-10-31T01:30:00Z'],
  ],
  ['Europe/Berlin', '02:30', '2060-03-27T12:00:00Z', []],
  ['Pacific/Kiritimati', '00:00', '2027-12-31T09:59:00Z', ['2027-12-31T10:00:00Z']],
  ['Etc/GMT+12', '23:59', '2027-12-31T12:00:00Z', ['2028-01-02T11:59:00Z']],
])('%s at %s, released %s', (zone, clock, released, instants) => {
  const read = localEnforcement(at(clock, 1), zone, new Date(released))
  expect(read.ok ? read.instants.map((one) => one.toISOString().replace('.000', '')) : []).toEqual(
    instants,
  )
})

test('a day that a zone left out does not exist', () => {
  const released = new Date('2011-12-29T12:00:00Z')
  expect(localEnforcement(at('12:00', 1), 'Pacific/Apia', released)).toMatchObject({ ok: false })
})

test('a time that has passed on the day of the release is refused; as soon as possible is now', () => {
  const released = new Date('2027-01-15T10:00:00Z')
  expect(localEnforcement(at('09:00', 0), 'UTC', released)).toMatchObject({ ok: false })
  expect(localEnforcement(at('10:00', 0), 'UTC', released)).toMatchObject({ ok: false })
  expect(localEnforcement(at('10:01', 0), 'UTC', released)).toMatchObject({ ok: true })
  expect(localEnforcement({ kind: 'asSoonAsPossible' }, 'Asia/Kathmandu', released)).toMatchObject({
    local: '2027-01-15T15:45:00',
  })
})

test.each(['', 'Mars/Olympus', '+02:00', 'Europe/Berlin; drop', 'UTC+2'])(
  '“%s” is no zone',
  (zone) => {
    expect(isIanaZone(zone)).toBe(false)
    const refused = localEnforcement(at('09:00', 1), zone, new Date('2027-01-15T10:00:00Z'))
    expect(refused.ok).toBe(false)
  },
)

const zones = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Asia/Kathmandu'],
  ...['Australia/Lord_Howe', 'Pacific/Apia', 'Pacific/Chatham', 'Africa/Casablanca', 'Asia/Tokyo'],
]
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((one) => String(one).padStart(2, '0')).join(':'))
const released = fc.date({
  min: new Date('2026-01-01T00:00:00Z'),
  max: new Date('2036-12-31T00:00:00Z'),
  noInvalidDate: true,
})

test('at each instant that is said, and only then, the clock of the device shows the text', () => {
  fc.assert(
    fc.property(
      ...([fc.constantFrom(...zones), released, clock, fc.nat(90)] as const),
      (zone, now, time, daysLater) => {
        const read = localEnforcement(at(time, daysLater), zone, now)
        if (!read.ok) return
        expect(read.local).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00$/)
        expect(read.instants.length === 1 || read.instants.length === 2).toBe(true)
        for (const instant of read.instants) {
          expect(instant > now).toBe(true)
          const shown = clockOf(instant, zone)
          expect(`${shown.hour}:${shown.minute}`).toBe(time.split(':').map(Number).join(':'))
        }
      },
    ),
  )
})

test('as soon as possible is always the time at the release', () => {
  fc.assert(
    fc.property(fc.constantFrom(...zones), released, (zone, now) => {
      const read = localEnforcement({ kind: 'asSoonAsPossible' }, zone, now)
      const second = Math.floor(now.getTime() / 1000) * 1000
      expect(read.ok && read.instants.map((one) => one.getTime())).toContain(second)
    }),
  )
})
