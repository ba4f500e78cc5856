import { clockOf, momentsIn, type WallTime } from '../import/zones'

export type ReadLabTime = { ok: true; at: Date } | { ok: false; reason: string }

const form = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})$/
const accepted = 'Accepted: a day and time such as 2026-11-30 09:30.'

/**
 * A typed time by the clocks of a zone, to the minute. One that clocks skip, or show twice, is refused: which moment is
 * meant must never be guessed.
 */
export function readLabTime(text: string, zone: string): ReadLabTime {
  const typed = text.trim()
  const wall = wallOf(typed)
  if (!wall) return { ok: false, reason: `This is not a day and time. ${accepted}` }
  const found = momentsIn(zone, wall)
  if (found === undefined)
    return { ok: false, reason: `This day or time does not exist. ${accepted}` }
  const [at, second] = found
  const [day, clock] = typed.split(/[T ]/)
  if (!at)
    return {
      ok: false,
      reason: `${clock} does not exist on ${day} in ${zone}: clocks skip it. Accepted: an earlier or a later time.`,
    }
  if (second)
    return {
      ok: false,
      reason: `${clock} exists twice on ${day} in ${zone}, at ${utcClock(at)} and at ${utcClock(second)}. Accepted: an earlier or a later time.`,
    }
  return { ok: true, at }
}

function wallOf(text: string): WallTime | undefined {
  const parts = form.exec(text)?.slice(1).map(Number)
  if (!parts) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = parts
  return { year, month, day, hour, minute, second: 0, ms: 0 }
}

const utcClock = (at: Date) => `${at.toISOString().slice(11, 16)} UTC`

const two = (n: number) => String(n).padStart(2, '0')

/** The day by the clocks of a zone, "2026-11-30". */
export function labDay(at: Date, zone: string): string {
  const { year, month, day } = clockOf(at, zone)
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** The time by the clocks of a zone, "09:30". */
export function labClock(at: Date, zone: string): string {
  const { hour, minute } = clockOf(at, zone)
  return `${two(hour)}:${two(minute)}`
}

/** What a field for a day and time holds, "2026-11-30T09:30". */
export const labField = (at: Date, zone: string): string =>
  `${labDay(at, zone)}T${labClock(at, zone)}`

/** "2026-11-30 09:30 to 12:00 Europe/Berlin"; with the second day where there are two. */
export function windowInWords(from: Date, to: Date, zone: string): string {
  const [first, last] = [labDay(from, zone), labDay(to, zone)]
  const end = first === last ? labClock(to, zone) : `${last} ${labClock(to, zone)}`
  return `${first} ${labClock(from, zone)} to ${end} ${zone}`
}

/** The instant at which a day of a zone begins; where clocks skip midnight, the first moment of the day. */
export function startOfLabDay(day: string, zone: string): Date | undefined {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number)
  for (const minute of [0, 30, 60, 90, 120]) {
    const wall = { year, month, day: date, hour: Math.floor(minute / 60), minute: minute % 60 }
    const found = momentsIn(zone, { ...wall, second: 0, ms: 0 })
    if (found === undefined) return undefined
    if (found[0]) return found[0]
  }
  return undefined
}
