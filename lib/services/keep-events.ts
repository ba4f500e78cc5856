import { createHash, randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { touchDevices, touchServer } from '@/lib/db/heard'
import { insertRawEvents } from '@/lib/db/raw-events'
import { peekEnrollmentKey, peekIdle } from '@/lib/mdm/event'

/**
 * A webhook body that its server has signed and when its request came. Whoever may try again makes the
 * receipt before the first try: a body is kept once for each receipt, however often that is tried.
 */
export type Heard = { serverId: string; body: Uint8Array; at: Date; receipt?: string }

/** Keeps one body; see `keepEvents`. */
export async function keepEvent(
  db: Db,
  serverId: string,
  body: Uint8Array,
  at: Date,
): Promise<number | undefined> {
  const [id] = await keepEvents(db, [{ serverId, body, at }])
  return id
}

/**
 * Commits webhook bodies as they came; only then may they be answered 200, for the server tries once and
 * keeps nothing (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143).
 * An idle poll of a known device, most of the traffic, only moves its "last seen". Gives for each body
 * the id to read, or undefined where there is nothing to read. All are kept or, when it throws, none
 * may be answered 200.
 */
export async function keepEvents(db: Db, heard: readonly Heard[]): Promise<(number | undefined)[]> {
  await hear(db, heard)
  const idle = await touchIdle(db, heard)
  const rest = heard.filter((one) => !idle.has(one))
  const ids = await insertRawEvents(
    db,
    rest.map(({ serverId, body, at, receipt }) => ({
      mdmServerId: serverId,
      receipt: receipt ?? randomUUID(),
      receivedAt: at,
      body,
      enrollmentKey: peekEnrollmentKey(body) ?? null,
      sha256: createHash('sha256').update(body).digest('hex'),
    })),
  )
  const idOf = new Map(rest.map((one, index) => [one, ids[index]]))
  return heard.map((one) => idOf.get(one))
}

/** Which of them were idle polls of known devices, now noted as seen. */
async function touchIdle(db: Db, heard: readonly Heard[]): Promise<Set<Heard>> {
  const touched = new Set<Heard>()
  const polls = heard.flatMap((one) => {
    const poll = peekIdle(one.body)
    return poll ? [{ one, enrollmentId: poll.enrollmentId }] : []
  })
  for (const [serverId, ofServer] of Map.groupBy(polls, ({ one }) => one.serverId)) {
    const ids = ofServer.map(({ enrollmentId }) => enrollmentId)
    const at = new Date(Math.max(...ofServer.map(({ one }) => one.at.getTime())))
    const known = new Set(await touchDevices(db, serverId, ids, at))
    for (const { one, enrollmentId } of ofServer) if (known.has(enrollmentId)) touched.add(one)
  }
  return touched
}

// When each server was last written down as heard, in this process: hundreds of events a second must
// not ask the same row each time.
const heardAt = new Map<string, number>()

async function hear(db: Db, heard: readonly Heard[]): Promise<void> {
  for (const { serverId, at } of heard) {
    const last = heardAt.get(serverId)
    if (last !== undefined && Math.abs(at.getTime() - last) < 10_000) continue
    await touchServer(db, serverId, at)
    heardAt.set(serverId, at.getTime())
  }
}
