import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  findEnrolledDevice,
  lockEnrollment,
  recordContact,
} from '@/lib/db/queries/devices/last-contact'
import { judgeAgain } from '@/lib/db/queries/devices/verdicts'
import {
  findSameBytes,
  lockUnreadEvent,
  type RawEvent,
  settleRawEvent,
} from '@/lib/db/queries/events/raw-events'
import { openBody } from '@/lib/db/queries/events/sealed-bodies'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { userChannelOf } from '@/lib/mdm/enrollment'
import { type DeviceEvent, eventTime, readEvent } from '@/lib/mdm/event'
import { withPayload } from '@/lib/mdm/event-payload'
import { keptReportEvent, keptReportPlist } from '@/lib/mdm/kept-report'
import { readPlist } from '@/lib/mdm/plist/plist'
import type { PlistReading } from '@/lib/mdm/plist/value'
import { redactPayload } from '@/lib/mdm/redact-body'
import { isClash, isTransient, rootMessage } from '../shared/failure'
import { type EventInput, type EventResult, waiting } from './event-result'
import { readAnswer } from './read-answer'
import { readCheckin } from './read-checkin'
import { readDeclarations } from './read-declarations'
import { readUserChannel } from './read-user-channel'

/** `envelopeOnly` is the reason why the payload is not read; set if the reader failed on it before. */
export type ReadOptions = { envelopeOnly?: string | undefined }

/**
 * Reads one stored event: matches it by enrollment ID and CommandUUID, and stores answers and readings. Several
 * readers may run at once; each event is read by one of them. An event that cannot be read is recorded with the reason.
 * @returns undefined if another reader has the event or has read it
 */
export async function readKeptEvent(
  db: Db,
  id: number,
  now: Date,
  { envelopeOnly }: ReadOptions = {},
): Promise<EventResult | undefined> {
  return transact(db, systemActor, async (tx) => {
    const kept = await lockUnreadEvent(tx, id)
    if (!kept) return undefined
    return readLocked(tx, kept, await openBody(tx, kept), now, { envelopeOnly })
  })
}

/** The same for an event that the caller has locked in its transaction, and its body as it was received. */
export async function readLocked(
  tx: Db,
  kept: RawEvent,
  body: Uint8Array,
  now: Date,
  { envelopeOnly }: ReadOptions = {},
): Promise<EventResult> {
  const isKept = kept.source === 'keptReport'
  const event = isKept ? keptReportEvent(kept) : readEvent(body)
  if (!event.ok) return settle(tx, kept, { readState: 'unreadable', reason: event.reason }, now)
  if (event.kind === 'other')
    return settle(tx, kept, await readOther(tx, kept, event.topic), now, event)
  const problem = envelopeOnly ?? event.payloadProblem
  const plist: PlistReading =
    problem === undefined
      ? (isKept ? keptReportPlist : readPlist)(event.rawPayload)
      : { ok: false, reason: problem }
  const whole = withPayload(event, plist)
  const at = (isKept ? kept.createdAt : undefined) ?? eventTime(kept, event)
  const input = { kept, event: whole, plist, at }
  const result = await (isKept ? readKeptReport : readDeviceEvent)(tx, input, now)
  return settle(tx, kept, result, now, whole)
}

/** Reads an event with a topic that this program does not know: it only counts as contact of the device it names. */
async function readOther(
  tx: Db,
  { mdmServerId, enrollmentKey, receivedAt }: RawEvent,
  topic: string,
) {
  const device =
    enrollmentKey === null
      ? undefined
      : await recordContact(tx, mdmServerId, enrollmentKey, receivedAt)
  const reason = `this program does not use the topic ${topic}`
  return { readState: 'read', kind: 'other', reason, deviceId: device?.id } as const
}

async function readDeviceEvent(tx: Db, input: EventInput, now: Date): Promise<EventResult> {
  const { kept, event, plist } = input
  const channel = userChannelOf(event, plist)
  const again = await findReplayed(tx, input, channel?.deviceId ?? event.enrollmentId)
  if (again) return again
  if (channel) return readUserChannel(tx, input, channel)
  const device = await lockDevice(tx, kept, event.enrollmentId)
  if (event.kind === 'checkin') return readCheckin(tx, { ...input, device }, now)
  if (!device) return waiting(event)
  const result = await readAnswer(tx, { ...input, device }, now)
  await judgeAgain(tx, device.id)
  return result
}

/** Reads a report that was not posted: its device was not in contact, whatever it had to report. */
async function readKeptReport(tx: Db, input: EventInput, now: Date): Promise<EventResult> {
  const found = await findEnrolledDevice(tx, input.kept.mdmServerId, input.event.enrollmentId)
  const device = found && (await lockDeviceRow(tx, found.id))
  return device ? readDeclarations(tx, { ...input, device }, now) : waiting(input.event)
}

/**
 * Finds the event that a check-in or NotNow repeats byte for byte: a relay delivered it again, or somebody replayed
 * it. It may be days old, so it is neither contact nor reading. Other answers are compared by their content
 * (`readAnswer`). An event without a time of its own may really have happened twice.
 */
async function findReplayed(
  tx: Db,
  { kept, event }: EventInput,
  enrollmentId: string,
): Promise<EventResult | undefined> {
  if (event.createdAt === undefined) return undefined
  if (event.kind === 'acknowledge' && event.status !== 'NotNow') return undefined
  const device = await findEnrolledDevice(tx, kept.mdmServerId, enrollmentId)
  const duplicateOf = device && (await findSameBytes(tx, kept, device.id))
  return duplicateOf === undefined
    ? undefined
    : {
        readState: 'duplicate',
        kind: event.kind === 'checkin' ? 'checkin' : 'answer',
        deviceId: device?.id,
        duplicateOf,
        reason: `the same bytes as event ${duplicateOf}: a replay, which says nothing about the device now`,
      }
}

/**
 * Locks the device's row and records the contact. The device is always locked first, as senders do, so that no two
 * deadlock. For an unknown device another reader may be reading its Authenticate at this moment, so it is looked up
 * again after waiting for that reader.
 */
async function lockDevice(tx: Db, kept: RawEvent, enrollmentId: string) {
  const receive = () => recordContact(tx, kept.mdmServerId, enrollmentId, kept.receivedAt)
  const known = await receive()
  if (known) return known
  await lockEnrollment(tx, kept.mdmServerId, enrollmentId)
  return receive()
}

/** PostgreSQL has no year 0, and no clock shows a time before 1970. The stored bytes still contain such a time. */
const storableTime = (time: Date | undefined): Date | null =>
  time && time.getTime() >= 0 ? time : null

/** The plist as the device sent it, with secrets removed. */
const payloadShown = (event: DeviceEvent | undefined): Uint8Array | null =>
  event && event.payloadProblem === undefined
    ? (redactPayload(event.rawPayload) ?? event.rawPayload)
    : null

function odditiesOf({ oddities = [] }: EventResult, event?: { createdAt?: Date }) {
  const odd =
    event && storableTime(event.createdAt) === null
      ? [
          ...oddities,
          { path: 'created_at', note: 'not a plausible time: the time of arrival counts' },
        ]
      : oddities
  return odd.length > 0 ? odd : null
}

async function settle(
  tx: Db,
  kept: RawEvent,
  result: EventResult,
  now: Date,
  event?: { topic: string; createdAt?: Date } | DeviceEvent,
): Promise<EventResult> {
  const device = event && 'enrollmentId' in event ? event : undefined
  await settleRawEvent(tx, kept.id, {
    readState: result.readState,
    readAt: now,
    kind: result.kind ?? null,
    countedAsAnswer: kept.countedAsAnswer || (result.countedAsAnswer ?? false),
    reason: result.reason ?? null,
    topic: event?.topic ?? null,
    createdAt: storableTime(event?.createdAt),
    enrollmentId: device?.enrollmentId ?? null,
    commandUuid: device?.commandUuid ?? null,
    status: device?.status ?? null,
    payload: payloadShown(device),
    payloadSha256: device?.payloadSha256 ?? null,
    oddities: odditiesOf(result, event),
    duplicateOf: result.duplicateOf ?? null,
    waitsForDevice: result.waitsForDevice ?? false,
    deviceId: result.deviceId ?? null,
    trialId: result.trialId ?? null,
  })
  return result
}

/**
 * Reads a stored event. If the reader itself throws, the event is set aside with the reason, so that it does not
 * block the events after it. Its bytes remain, and it can be reprocessed after a fix.
 */
export async function readOrSetAside(
  db: Db,
  id: number,
  now: Date,
): Promise<EventResult | undefined> {
  try {
    return await readKeptEvent(db, id, now).catch((error: unknown) => {
      // Two readers have added the same device at once, from two enrolments or two servers.
      if (isClash(error)) return readKeptEvent(db, id, now)
      throw error
    })
  } catch (error) {
    if (isTransient(error)) throw error
    const reason = `the reader failed on it: ${rootMessage(error)}`
    // The envelope still names the command that was answered, which must not stay open.
    const byEnvelope = await readKeptEvent(db, id, now, { envelopeOnly: reason }).catch(
      (again: unknown) => {
        if (isTransient(again)) throw again
        return undefined
      },
    )
    if (byEnvelope) return byEnvelope
    await transact(db, systemActor, (tx) =>
      settleRawEvent(tx, id, { readState: 'unreadable', readAt: now, reason }),
    )
    return { readState: 'unreadable', reason }
  }
}
