export type ReadInstant = { ok: true; at: Date } | { ok: false; reason: string }

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?$/
const example = 'such as 2026-11-27T09:30:00Z'

/**
 * Parses a typed time in the past, in UTC, to the millisecond. A time without a zone counts as UTC, as the field says;
 * any other zone is refused and not converted.
 */
export function readInstant(text: string, now: Date): ReadInstant {
  const trimmed = text.trim()
  if (!form.test(trimmed))
    return { ok: false, reason: `This is not a date and time in UTC. Write one ${example}.` }
  const utc = trimmed.endsWith('Z') ? trimmed : `${trimmed}Z`
  const at = new Date(utc)
  // Date turns 30 February into a day in March, or into an invalid Date.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 16) !== utc.slice(0, 16))
    return { ok: false, reason: `This day or time does not exist. Write one ${example}.` }
  if (at.getTime() > now.getTime())
    return {
      ok: false,
      reason: `${at.toISOString()} is in the future; it is ${now.toISOString()} now. Choose a time in the past.`,
    }
  return { ok: true, at }
}

/** To the second, in UTC, so that it means the same everywhere. */
export const exactTime = (at: Date): string =>
  `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`

/** The time in UTC, with the date if that is not today: "14:03:12 UTC", "2026-11-27 14:03:12 UTC". */
export function clockTime(at: Date, now: Date): string {
  const [exact, today] = [exactTime(at), exactTime(now).slice(0, 10)]
  return exact.startsWith(today) ? exact.slice(11) : exact
}
