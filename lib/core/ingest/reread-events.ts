import type { Db } from '@/lib/db/client'
import {
  findRawEvent,
  putBackToUnread,
  type RereadableState,
  rereadableStates,
} from '@/lib/db/queries/events/raw-events'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { countAction } from '../shared/action-limits'
import { forbidden, type Refusal, refused } from '../shared/result'

export type RereadEvents = {
  /** Only events in this state; by default unreadable and unmatched ones. */
  state?: RereadableState | undefined
  id?: number | undefined
}

/**
 * Has the worker reprocess events that could not be read or matched, for use after the parser was fixed or the device
 * was added. Bytes and earlier results stay in the record. An event that was read is never reprocessed. Safe to
 * repeat.
 */
export async function rereadEvents(
  db: Db,
  actor: Actor,
  { state, id }: RereadEvents,
  now: Date,
): Promise<{ status: 'putBack'; events: number } | Refusal> {
  const no = forbidden(actor, 'rereadEvents') ?? (await countAction(db, actor, 'rereadEvents', now))
  if (no) return no
  const states = state === undefined ? rereadableStates : [state]
  return transact(db, actor, async (tx) => {
    const events = await putBackToUnread(tx, { states, id, by: { name: actor.name, at: now } })
    if (id === undefined || events > 0) return { status: 'putBack' as const, events }
    const event = await findRawEvent(tx, id)
    if (!event) return refused(`There is no event ${id}.`)
    // Requested twice, or the worker has not read it yet: it will be read in any case.
    if (event.readState === 'unread') return { status: 'putBack' as const, events: 0 }
    return refused(`Event ${id} is ${event.readState}, so it is not reprocessed.`)
  })
}
