import { type Actor, type Permission, refusalFor } from '@/lib/domain/account/permissions'
import { isNote, noteLength } from '@/lib/domain/text/reason'

/** An expected refusal: its reason in words, and the input field that it is about, if any. Bugs are thrown instead. */
export type Refusal = { status: 'refused'; reason: string; field?: string | undefined }

export function refused(reason: string, field?: string): Refusal {
  return field === undefined ? { status: 'refused', reason } : { status: 'refused', reason, field }
}

/** The refusal if the actor lacks this permission; undefined if not. Every service checks this first. */
export function forbidden(actor: Actor, permission: Permission): Refusal | undefined {
  const reason = refusalFor(actor, permission)
  return reason === undefined ? undefined : refused(reason)
}

/**
 * Checks the permission in services that only read. The page has passed the auth guard already, so a missing
 * permission is a bug here.
 * @throws Error with the refusal
 */
export function assertAllowed(actor: Actor, permission: Permission): void {
  const reason = refusalFor(actor, permission)
  if (reason !== undefined) throw new Error(reason)
}

/** Refuses a reason that is too short to be understood years later, or longer than a record can show (500 characters). */
export function reasonRefusal(reason: string): Refusal | undefined {
  if (!isNote(reason)) return refused(`Say why, ${noteLength}.`, 'reason')
  if (reason.length > 500) return refused('Say why in at most 500 characters.', 'reason')
  return undefined
}
