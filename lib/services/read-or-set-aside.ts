import type { Db } from '@/lib/db/client'
import { settleRawEvent } from '@/lib/db/raw-events'
import { type EventResult, readKeptEvent } from './read-kept-event'

// The database's own troubles pass; an event must not be called unreadable for them.
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const passing = /^(08|40|53|55|57|58)|^(CONNECTION|ECONN|EPIPE)/

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
    return await readKeptEvent(db, id, now)
  } catch (error) {
    if (passing.test(codeOf(error))) throw error
    const because = `the reader failed on it: ${rootMessage(error)}`
    await settleRawEvent(db, id, { readState: 'unreadable', readAt: now, because })
    return { readState: 'unreadable', because }
  }
}

/** Drizzle's own message is the query with its values; what went wrong stands in its cause. */
function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // Drizzle wraps the driver's error.
  const own = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return own || codeOf(error.cause)
}
