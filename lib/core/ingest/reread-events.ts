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
  /** Only events of this state; without it, both kinds that nothing has come of. */
  state?: RereadableState | undefined
  id?: number | undefined
}

/**
 * Has events read again that could not be read or matched, after the reader was mended or the device
 * was added. The bytes are the same; what the event was and why stays in its record. What has been read
 * is never read twice. The worker reads them at its next round. Safe to repeat.
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
    // Pressed twice, or the worker has not come to it yet: what was asked for is on its way.
    if (event.readState === 'unread') return { status: 'putBack' as const, events: 0 }
    return refused(`Event ${id} is ${event.readState}, so it is not reprocessed.`)
  })
}
