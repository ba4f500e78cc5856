import type { Db } from '@/lib/db/client'
import { settleRawEvent } from '@/lib/db/queries/events/raw-events'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/actor'
import { isClash, isTransient, rootMessage } from '../shared/failure'
import type { EventResult } from './event-result'
import { readKeptEvent } from './read-kept-event'

/**
 * Reads a kept event; where the reader itself fails on it, sets it aside with the reason, so that one
 * strange body cannot hold up the others. The bytes stay and it can be read again after a fix.
 */
export async function readOrSetAside(
  db: Db,
  id: number,
  now: Date,
): Promise<EventResult | undefined> {
  try {
    return await readKeptEvent(db, id, now).catch((error: unknown) => {
      // Two readers have entered one device at once, by two enrollments or two servers.
      if (isClash(error)) return readKeptEvent(db, id, now)
      throw error
    })
  } catch (error) {
    if (isTransient(error)) throw error
    const because = `the reader failed on it: ${rootMessage(error)}`
    // Its envelope still says which command was answered, and the question must not stay open.
    const byEnvelope = await readKeptEvent(db, id, now, { envelopeOnly: because }).catch(
      (again: unknown) => {
        if (isTransient(again)) throw again
        return undefined
      },
    )
    if (byEnvelope) return byEnvelope
    await transact(db, systemActor, (tx) =>
      settleRawEvent(tx, id, { readState: 'unreadable', readAt: now, because }),
    )
    return { readState: 'unreadable', because }
  }
}
