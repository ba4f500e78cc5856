import { type Actor, type Deed, refusalFor } from '@/lib/domain/account/actor'
import { isNote, noteLength } from '@/lib/domain/text/reason'

/** An expected no: the reason in words, and the field it is about where there is one. Bugs are thrown. */
export type Refusal = { status: 'refused'; because: string; field?: string | undefined }

export function refused(because: string, field?: string): Refusal {
  return field === undefined
    ? { status: 'refused', because }
    : { status: 'refused', because, field }
}

/** The refusal where this actor may not do this deed; every service asks it first. */
export function forbidden(actor: Actor, deed: Deed): Refusal | undefined {
  const because = refusalFor(actor, deed)
  return because === undefined ? undefined : refused(because)
}

/**
 * For services that only read: whoever shows the answer has entered by the door, so a no is a bug here.
 * @throws Error with the refusal
 */
export function assertAllowed(actor: Actor, deed: Deed): void {
  const because = refusalFor(actor, deed)
  if (because !== undefined) throw new Error(because)
}

/** A reason that will be read years later: some words, and no more than a record can show. */
export function reasonRefusal(reason: string): Refusal | undefined {
  if (!isNote(reason)) return refused(`Say why, ${noteLength}.`, 'reason')
  if (reason.length > 500) return refused('Say why in at most 500 characters.', 'reason')
  return undefined
}
