import { createHash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { insertRawEvent, touchDevice, touchServer } from '@/lib/db/raw-events'
import { peekIdle } from '@/lib/mdm/event'

/**
 * Commits a webhook body as it came; only then may it be answered 200, for the server tries once and
 * keeps nothing (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143).
 * An idle poll of a known device, most of the traffic, only moves its "last seen". Gives the id to
 * read, or undefined where there is nothing to read.
 */
export async function keepEvent(
  db: Db,
  serverId: string,
  body: Uint8Array,
  now: Date,
): Promise<number | undefined> {
  const idle = peekIdle(body)
  await hear(db, serverId, now)
  if (idle && (await touchDevice(db, serverId, idle.enrollmentId, now))) return undefined
  return insertRawEvent(db, {
    mdmServerId: serverId,
    receivedAt: now,
    body,
    sha256: createHash('sha256').update(body).digest('hex'),
  })
}

// When each server was last written down as heard, in this process: hundreds of events a second must
// not ask the same row each time.
const heardAt = new Map<string, number>()

async function hear(db: Db, serverId: string, now: Date): Promise<void> {
  const last = heardAt.get(serverId)
  if (last !== undefined && Math.abs(now.getTime() - last) < 10_000) return
  heardAt.set(serverId, now.getTime())
  await touchServer(db, serverId, now)
}
