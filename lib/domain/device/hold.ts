/** A lead's reservation of a device, as its row has it. One made before ends were required has none. */
export type Hold = { holdReason?: string | null | undefined; holdUntil?: Date | null | undefined }

/**
 * Whether a device is reserved: until its end and not at it. Every rule, service and page passes its clock, and the
 * guard of a release compares the same way with the time of that release (lib/db/sql/guards/guard_release.sql), never
 * with a clock of the database.
 */
export const isHeld = ({ holdReason, holdUntil }: Hold, now: Date): boolean =>
  typeof holdReason === 'string' && (!holdUntil || holdUntil.getTime() > now.getTime())

const dayMs = 86_400_000

/** A reservation made for a day ends with it, in UTC. @param day YYYY-MM-DD */
export const endOfDay = (day: string): Date =>
  new Date(new Date(`${day}T00:00:00Z`).getTime() + dayMs)

/** "until the end of 2026-12-31 UTC"; the day before where it ends at midnight. */
export const endInWords = (until: Date | null | undefined): string =>
  until
    ? `until the end of ${new Date(until.getTime() - 1).toISOString().slice(0, 10)} UTC`
    : 'without an end'

/** Longer, and nobody remembers what the device is kept for; a lead can reserve it again. */
export const maxHoldDays = 731

export const acceptedHoldEnd = 'a day such as 2026-12-31, from today to two years ahead'

/** Why a reservation cannot end then; undefined if it can. */
export function holdEndProblem(until: Date | undefined, now: Date): string | undefined {
  const time = until?.getTime()
  if (time === undefined || Number.isNaN(time)) return `say when it ends: ${acceptedHoldEnd}`
  if (time <= now.getTime()) return `its end has passed; accepted: ${acceptedHoldEnd}`
  if (time > now.getTime() + maxHoldDays * dayMs)
    return `its end is too far ahead; accepted: ${acceptedHoldEnd}`
  return undefined
}
