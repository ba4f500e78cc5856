import type { Db } from '@/lib/db/client'
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
import { type DeviceEvent, eventTime, readEvent } from '@/lib/mdm/event'
import { withPayload } from '@/lib/mdm/event-payload'
import { readPlist } from '@/lib/mdm/plist/plist'
import type { PlistReading } from '@/lib/mdm/plist/value'
import { redactPayload } from '@/lib/mdm/redact-body'
import { userChannelOf } from '@/lib/mdm/user-channel'
import { isClash, isTransient, rootMessage } from '../shared/failure'
import { type EventInput, type EventResult, waiting } from './event-result'
import { readAnswer } from './read-answer'
import { readCheckin } from './read-checkin'
import { readUserChannel } from './read-user-channel'

/** `envelopeOnly` takes no word of the device: for an event on whose body the reader has failed, and why. */
export type ReadOptions = { envelopeOnly?: string | undefined }

/**
 * Reads one kept event, once: joins on (enrollment ID, CommandUUID), writes readings and answers.
 * Several readers may run; each event is read by one of them. What cannot be read is a record with its
 * reason, never an exception to the MDM server.
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
    const event = readEvent(await openBody(tx, kept))
    if (!event.ok) return settle(tx, kept, { readState: 'unreadable', reason: event.reason }, now)
    if (event.kind === 'other')
      return settle(tx, kept, await readOther(tx, kept, event.topic), now, event)
    const problem = envelopeOnly ?? event.payloadProblem
    const plist: PlistReading =
      problem === undefined ? readPlist(event.rawPayload) : { ok: false, reason: problem }
    const whole = withPayload(event, plist)
    const input = { kept, event: whole, plist, at: eventTime(kept, event) }
    const result = await readDeviceEvent(tx, input, now)
    return settle(tx, kept, result, now, whole)
  })
}

/** A topic of a later MDM server: kept, and a sign of the device that it names. */
async function readOther(
  tx: Db,
  { mdmServerId, enrollmentKey, receivedAt }: RawEvent,
  topic: string,
) {
  const device =
    enrollmentKey === null
      ? undefined
      : await recordContact(tx, mdmServerId, enrollmentKey, receivedAt)
  const reason = `the topic ${topic} says nothing this program uses`
  return { readState: 'read', kind: 'other', reason, deviceId: device?.id } as const
}

async function readDeviceEvent(tx: Db, input: EventInput, now: Date): Promise<EventResult> {
  const { kept, event, plist } = input
  const channel = userChannelOf(event, plist)
  const again = await findHandedOnAgain(tx, input, channel?.deviceId ?? event.enrollmentId)
  if (again) return again
  if (channel) return readUserChannel(tx, input, channel)
  const device = await receiveOrWait(tx, kept, event.enrollmentId)
  if (event.kind === 'checkin') return readCheckin(tx, { ...input, device }, now)
  if (!device) return waiting(event)
  const result = await readAnswer(tx, { ...input, device }, now)
  await judgeAgain(tx, device.id)
  return result
}

/**
 * A check-in or NotNow that was read before, byte for byte: handed on once more by a relay, or by somebody who kept
 * it. It may be days old, so it is no word of the device, and no contact. Answers are told apart by what they
 * say; what has no time of its own may truly have happened again.
 */
async function findHandedOnAgain(
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
        reason: `the very event ${duplicateOf} once more: it tells nothing of now`,
      }
}

/**
 * The device's row, locked first, always: the sender locks in the same order. Of a device nobody knows
 * another reader may be reading the Authenticate just now, so it is looked for again behind that one.
 */
async function receiveOrWait(tx: Db, kept: RawEvent, enrollmentId: string) {
  const receive = () => recordContact(tx, kept.mdmServerId, enrollmentId, kept.receivedAt)
  const known = await receive()
  if (known) return known
  await lockEnrollment(tx, kept.mdmServerId, enrollmentId)
  return receive()
}

/** PostgreSQL has no year 0, and a time before 1970 was made by no clock. The bytes keep what was written. */
const storableTime = (time: Date | undefined): Date | null =>
  time && time.getTime() >= 0 ? time : null

/** The device's own bytes; where they hold a secret, the same plist without it. */
const payloadShown = (event: DeviceEvent | undefined): Uint8Array | null =>
  event && event.payloadProblem === undefined
    ? (redactPayload(event.rawPayload) ?? event.rawPayload)
    : null

function odditiesOf({ oddities = [] }: EventResult, event?: { createdAt?: Date }) {
  const odd =
    event && storableTime(event.createdAt) === null
      ? [
          ...oddities,
          { path: 'created_at', note: 'not a time of any clock: the time of arrival counts' },
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
    const reason = `the reader failed on it: ${rootMessage(error)}`
    // Its envelope still says which command was answered, and the question must not stay open.
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
