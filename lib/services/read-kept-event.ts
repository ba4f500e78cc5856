import type { Db } from '@/lib/db/client'
import { hearDevice, lockEnrollment } from '@/lib/db/heard'
import { lockUnreadEvent, type RawEvent, settleRawEvent } from '@/lib/db/raw-events'
import { transact } from '@/lib/db/transact'
import { judgeAgain } from '@/lib/db/verdicts'
import { systemActor } from '@/lib/domain/actor'
import { type DeviceEvent, readEvent } from '@/lib/mdm/event'
import { readAnswer } from './read-answer'
import { readCheckin } from './read-checkin'

/** What one event turned out to be; written beside its bytes. */
export type EventResult = {
  readState: 'read' | 'unreadable' | 'unmatched' | 'duplicate'
  because?: string | undefined
  deviceId?: string | undefined
  trialId?: string | undefined
  duplicateOf?: number | undefined
  /** Unmatched until a device has that enrollment; the database then has it read again. */
  waitsForDevice?: boolean | undefined
  oddities?: { path: string; note: string }[] | undefined
}

/**
 * Reads one kept event, once: parses leniently, joins on (enrollment ID, CommandUUID), writes
 * readings and answers. Several readers may run; each event is read by one of them. What cannot be
 * read is a record with its reason, never an exception to the MDM server.
 */
export async function readKeptEvent(
  db: Db,
  id: number,
  now: Date,
): Promise<EventResult | undefined> {
  return transact(db, systemActor, async (tx) => {
    const kept = await lockUnreadEvent(tx, id)
    if (!kept) return undefined
    const event = readEvent(kept.body)
    if (!event.ok) return settle(tx, kept, { readState: 'unreadable', because: event.because }, now)
    if (event.kind === 'other') {
      const because = `the topic ${event.topic} says nothing this program uses`
      return settle(tx, kept, { readState: 'read', because }, now, event)
    }
    const result = await readDeviceEvent(tx, kept, event, now)
    return settle(tx, kept, result, now, event)
  })
}

async function readDeviceEvent(
  tx: Db,
  kept: RawEvent,
  event: DeviceEvent,
  now: Date,
): Promise<EventResult> {
  const device = await hearOrWait(tx, kept, event.enrollmentId)
  const at = eventTime(kept, event)
  if (event.kind === 'checkin') return readCheckin(tx, { kept, event, device, at }, now)
  if (!device) return waiting(event)
  const result = await readAnswer(tx, { kept, event, device, at }, now)
  await judgeAgain(tx, device.id)
  return result
}

/**
 * The device's row, locked first, always: the sender locks in the same order. Of a device nobody knows
 * another reader may be reading the Authenticate just now, so it is looked for again behind that one.
 */
async function hearOrWait(tx: Db, kept: RawEvent, enrollmentId: string) {
  const hear = () => hearDevice(tx, kept.mdmServerId, enrollmentId, kept.receivedAt)
  const known = await hear()
  if (known) return known
  await lockEnrollment(tx, kept.mdmServerId, enrollmentId)
  return hear()
}

/** What is said about a device that is not in the lab. */
export const waiting = ({ enrollmentId }: DeviceEvent): EventResult => ({
  readState: 'unmatched',
  waitsForDevice: true,
  because: `no device in the lab has the enrollment ID ${enrollmentId} on this MDM server; it is read again when one has`,
})

/**
 * Events are ordered by the MDM server's clock, not by arrival; where that clock is plainly wrong (in
 * the future, or more than a day before we received it), by ours.
 */
export function eventTime(kept: Pick<RawEvent, 'receivedAt'>, event: { createdAt: Date }): Date {
  const skewMs = kept.receivedAt.getTime() - event.createdAt.getTime()
  return skewMs < -60_000 || skewMs > 86_400_000 ? kept.receivedAt : event.createdAt
}

async function settle(
  tx: Db,
  kept: RawEvent,
  result: EventResult,
  now: Date,
  event?: { topic: string; createdAt: Date } | DeviceEvent,
): Promise<EventResult> {
  const device = event && 'enrollmentId' in event ? event : undefined
  await settleRawEvent(tx, kept.id, {
    readState: result.readState,
    readAt: now,
    because: result.because ?? null,
    topic: event?.topic ?? null,
    createdAt: event?.createdAt ?? null,
    enrollmentId: device?.enrollmentId ?? null,
    commandUuid: device?.commandUuid ?? null,
    status: device?.status ?? null,
    payload: device?.rawPayload ?? null,
    payloadSha256: device?.payloadSha256 ?? null,
    oddities: result.oddities ?? null,
    duplicateOf: result.duplicateOf ?? null,
    waitsForDevice: result.waitsForDevice ?? false,
    deviceId: result.deviceId ?? null,
    trialId: result.trialId ?? null,
  })
  return result
}
