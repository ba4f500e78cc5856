import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  findQueueEntry,
  insertQueueEntry,
  listQueue,
  updateQueueEntry,
} from '@/lib/db/queries/planning/queue'
import { listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import { findProtocolVersion } from '@/lib/db/queries/trials/protocols'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { placeOf, placesAfterMove, type QueuePriority } from '@/lib/domain/planning/queue'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

export type JoinQueue = { deviceId: string; protocolVersionId: string; priority: QueuePriority }

/** Waits for a device: after those of the same or a higher priority who came before. A booking or a draft on it ends the wait. */
export async function joinQueue(
  db: Db,
  actor: Actor,
  input: JoinQueue,
  now: Date,
): Promise<{ status: 'joined'; entryId: string } | Refusal> {
  const no = forbidden(actor, 'bookTrial')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('There is no such device.', 'deviceId')
    if (device.retiredAt) return refused('The device is retired.', 'deviceId')
    const version = await findProtocolVersion(tx, input.protocolVersionId)
    if (!version) return refused('There is no such version of a protocol.', 'protocolVersionId')
    const events = await listVersionEvents(tx, [version.id])
    if (events.some(({ kind }) => kind === 'retired'))
      return refused('This version of the protocol is retired.', 'protocolVersionId')
    const queue = await listQueue(tx, { deviceId: device.id }, now)
    const at = queue.findIndex(({ joinedById }) => joinedById === actor.id)
    if (at >= 0)
      return refused(`You wait for this device already, as number ${at + 1} of ${queue.length}.`)
    const entryId = await insertQueueEntry(tx, {
      ...input,
      place: placeOf(input.priority, now),
      ...{ joinedAt: now, joinedById: actor.id, joinedByName: actor.name },
    })
    return { status: 'joined' as const, entryId }
  })
}

/** Takes a person out of a queue: each oneself, a lead others with a reason. */
export async function leaveQueue(
  db: Db,
  actor: Actor,
  input: { entryId: string; reason?: string | undefined },
  now: Date,
): Promise<{ status: 'left' } | Refusal> {
  const no = forbidden(actor, 'bookTrial')
  if (no) return no
  const reason = input.reason?.trim() || undefined
  return transact(db, { ...actor, reason }, async (tx) => {
    const entry = await lockEntry(tx, input.entryId)
    if ('status' in entry) return entry
    if (entry.joinedById !== actor.id) {
      const not = forbidden(actor, 'manageBookings') ?? reasonRefusal(reason ?? '')
      if (not) return not
    }
    await updateQueueEntry(tx, entry.id, {
      ...{ endKind: 'left', endReason: reason ?? null },
      ...{ endedAt: now, endedById: actor.id, endedByName: actor.name },
    })
    return { status: 'left' as const }
  })
}

/** Lets a person pass the next one in a queue, or be passed. */
export async function moveInQueue(
  db: Db,
  actor: Actor,
  { entryId, to }: { entryId: string; to: 'up' | 'down' },
  now: Date,
): Promise<{ status: 'moved' } | Refusal> {
  const no = forbidden(actor, 'manageBookings')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const entry = await lockEntry(tx, entryId)
    if ('status' in entry) return entry
    const queue = await listQueue(tx, { deviceId: entry.deviceId }, now)
    const at = queue.findIndex(({ id }) => id === entry.id)
    const places = queue.map((one) => one.place)
    const moved = placesAfterMove(places, at, to)
    if (moved.length === 0)
      return refused(`${entry.joinedByName} is the ${to === 'up' ? 'first' : 'last'} already.`)
    for (const { at: position, place } of moved) {
      const id = queue[position]?.id
      if (id !== undefined) await updateQueueEntry(tx, id, { place })
    }
    return { status: 'moved' as const }
  })
}

/** An open entry, while its device is locked, which every change of a queue waits for. */
async function lockEntry(tx: Db, entryId: string) {
  const found = await findQueueEntry(tx, entryId)
  if (found) await lockDeviceRow(tx, found.deviceId)
  const entry = found && (await findQueueEntry(tx, entryId))
  if (!entry) return refused('There is no such entry of a queue.')
  return entry.endKind === null ? entry : refused(`${entry.joinedByName} waits no longer.`)
}
