export type ReadInstant = { ok: true; at: Date } | { ok: false; because: string }

const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z?$/
const example = 'such as 2026-11-27T09:30:00Z'

/**
 * A moment of the past as somebody wrote it, in UTC, to the millisecond. A time without a zone is taken
 * as UTC, as the field that gives one says so; another zone is refused, not converted.
 */
export function readInstant(text: string, now: Date): ReadInstant {
  const trimmed = text.trim()
  if (!form.test(trimmed))
    return { ok: false, because: `This is no instant in UTC. Write one ${example}.` }
  const utc = trimmed.endsWith('Z') ? trimmed : `${trimmed}Z`
  const at = new Date(utc)
  // 30 February is rolled over to March by a Date, or is no Date at all.
  if (Number.isNaN(at.getTime()) || at.toISOString().slice(0, 16) !== utc.slice(0, 16))
    return { ok: false, because: `There is no such day or time. Write one ${example}.` }
  if (at.getTime() > now.getTime())
    return {
      ok: false,
      because: `${at.toISOString()} is still to come; it is ${now.toISOString()} now. Choose an instant of the past.`,
    }
  return { ok: true, at }
}
