import { type Actor, type Permission, refusalFor } from '@/lib/domain/account/actor'
import { isNote, noteLength } from '@/lib/domain/text/reason'

/** An expected refusal: its reason in words, and the input field that it is about, if any. Bugs are thrown instead. */
export type Refusal = { status: 'refused'; because: string; field?: string | undefined }

export function refused(because: string, field?: string): Refusal {
  return field === undefined
    ? { status: 'refused', because }
    : { status: 'refused', because, field }
}

/** The refusal if the actor lacks this permission; undefined if not. Every service checks this first. */
export function forbidden(actor: Actor, permission: Permission): Refusal | undefined {
  const because = refusalFor(actor, permission)
  return because === undefined ? undefined : refused(because)
}

/**
 * Checks the permission in services that only read. The page has passed the auth guard already, so a missing
 * permission is a bug here.
 * @throws Error with the refusal
 */
export function assertAllowed(actor: Actor, permission: Permission): void {
  const because = refusalFor(actor, permission)
  if (because !== undefined) throw new Error(because)
}

/** Refuses a reason that is too short to be understood years later, or longer than a record can show (500 characters). */
export function reasonRefusal(reason: string): Refusal | undefined {
  if (!isNote(reason)) return refused(`Say why, ${noteLength}.`, 'reason')
  if (reason.length > 500) return refused('Say why in at most 500 characters.', 'reason')
  return undefined
}
