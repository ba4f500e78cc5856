import { matching, oneOf, type Reader, readAddress } from '../text/address-filter'
import { labClock, labDay, startOfLabDay } from '../text/lab-time'
import { uuidForm } from '../text/typed-text'
import { addDays } from './release-gaps'

/** What a calendar shows: booked trials, reservations of leads, trials that go on, and days on which a fix can be checked. */
export type CalendarKind = 'booking' | 'reservation' | 'trial' | 'verification'

/** One entry, on the page of the calendar and in its file. */
export type CalendarEntry = {
  /** The same in every copy of the file, so that a program moves the entry instead of adding another. */
  uid: string
  kind: CalendarKind
  /** A whole day, YYYY-MM-DD in UTC, or an interval; without `to` nothing says when it ends. */
  when: { day: string } | { from: Date; to: Date | undefined }
  title: string
  /** Further lines. */
  notes: readonly string[]
  device: { id: string; labTag: string } | undefined
  /** The record it is about. */
  about: { kind: 'trial' | 'radar' | 'device'; id: string; name: string }
  status: 'confirmed' | 'tentative' | 'cancelled'
  /** Raised by each change, so that a program knows the newer of two copies. */
  sequence: number
  changedAt: Date
}

const calendarSpans = ['week', 'month'] as const
type CalendarSpan = (typeof calendarSpans)[number]

export type CalendarView = {
  span?: CalendarSpan | undefined
  day?: string | undefined
  device?: string | undefined
}

/** A day within ten years of the shipped catalogue's beginning and beyond: a calendar of the year 9999 would be an accident. */
const calendarDay: Reader<string> = {
  accepted: 'a day such as 2026-03-02, from 2015 to 2099',
  read: (text) =>
    /^20\d\d-\d\d-\d\d$/.test(text) && startOfLabDay(text, 'UTC') && text >= '2015' && text < '2100'
      ? text
      : undefined,
}
const device = matching(uuidForm, 'the ID of a device')

/** Reads the address of the calendar. */
export const readCalendarView = (given: Readonly<Record<string, string | string[] | undefined>>) =>
  readAddress(given, { span: oneOf(calendarSpans), day: calendarDay, device })

/** Reads the address of the file of bookings. */
export const readBookingsView = (given: Readonly<Record<string, string>>) =>
  readAddress(given, { device })

/** The days that are shown: a week from Monday, or a month; by default those of today. */
export function daysOf({ span = 'week', day }: CalendarView, today: string): string[] {
  const shown = day ?? today
  if (span === 'month') {
    const month = shown.slice(0, 8)
    const days = Array.from({ length: 31 }, (_, at) => addDays(`${month}01`, at))
    return days.filter((one) => one.startsWith(month))
  }
  // 0 is Sunday.
  const weekday = new Date(`${shown}T00:00:00Z`).getUTCDay()
  const monday = addDays(shown, -((weekday + 6) % 7))
  return Array.from({ length: 7 }, (_, at) => addDays(monday, at))
}

/** A day of the span before, and one of the span after. */
export function neighbours(days: readonly string[]): { before: string; after: string } {
  const [first = '', last = ''] = [days[0], days.at(-1)]
  return { before: addDays(first, -1), after: addDays(last, 1) }
}

export type DayEntry = { entry: CalendarEntry; time: string }

/**
 * The entries of each day, by the clocks of the lab, in the order of their times. An entry that takes whole days is there
 * on the days on which it begins and ends, and once among the long ones: it would be the same in every row between.
 */
export function spreadOverDays(
  entries: readonly CalendarEntry[],
  days: readonly string[],
  zone: string,
): { long: CalendarEntry[]; days: { day: string; entries: DayEntry[] }[] } {
  const bounds = days.map((day) => {
    // A day that exists has a beginning, and so has the next one.
    const [from, to] = [startOfLabDay(day, zone), startOfLabDay(addDays(day, 1), zone)]
    return { day, from: from ?? new Date(Number.NaN), to: to ?? new Date(Number.NaN) }
  })
  return {
    long: entries.filter(({ when }) => bounds.some((bound) => covers(when, bound))),
    days: bounds.map((bound) => ({
      day: bound.day,
      entries: entries
        .filter(({ when }) => !covers(when, bound))
        .flatMap((entry) => onDay(entry, bound, zone))
        .toSorted((a, b) => a.order - b.order)
        .map(({ entry, time }) => ({ entry, time })),
    })),
  }
}

type Bound = { from: Date; to: Date }

/** Whether an entry takes a day from its beginning on and goes on after it. */
const covers = (when: CalendarEntry['when'], { from, to }: Bound): boolean =>
  'from' in when && when.from <= from && (when.to === undefined || when.to > to)

/** From when and until when an entry lasts, by the clocks of the lab. */
export function lastsInWords({ when }: CalendarEntry, zone: string): string {
  if ('day' in when) return when.day
  const [from, to] = [when.from, when.to]
  const begin =
    from.getTime() === 0 ? 'for long' : `from ${labDay(from, zone)} ${labClock(from, zone)}`
  return to
    ? `${begin} until ${labDay(to, zone)} ${labClock(to, zone)}`
    : `${begin}, without an end`
}

function onDay(entry: CalendarEntry, bound: Bound & { day: string }, zone: string) {
  const { when } = entry
  if ('day' in when)
    return when.day === bound.day ? [{ entry, time: 'any time', order: bound.from.getTime() }] : []
  const { from, to } = when
  if (from >= bound.to || (to !== undefined && to <= bound.from)) return []
  const begin = from >= bound.from ? labClock(from, zone) : undefined
  const end = to !== undefined && to <= bound.to ? endClock(to, bound, zone) : undefined
  const time = begin && end ? `${begin} to ${end}` : begin ? `from ${begin}` : `until ${end}`
  return [{ entry, time, order: Math.max(from.getTime(), bound.from.getTime()) }]
}

/** Midnight at the end of a day is its 24:00. */
const endClock = (to: Date, bound: Bound & { day: string }, zone: string): string =>
  labDay(to, zone) === bound.day ? labClock(to, zone) : '24:00'
