import type { Db } from '@/lib/db/client'
import { type DeviceRow, nameDevice } from '@/lib/db/queries/devices/device-facts'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { insertErrorSightings, type NewErrorSighting } from '@/lib/db/queries/events/error-codes'
import type { PlistCommand } from '@/lib/db/queries/trials/commands'
import type { ReadingField } from '@/lib/domain/reading/reading'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { deviceReadingFields } from '@/lib/mdm/reply-device'
import type { ErrorItem, Reply } from '@/lib/mdm/reply-types'
import { recordOsChange } from './detect-os-change'

/** Stores the readings of a reply; if it contains the OS, also what an OS change means for the device's trials. */
export async function recordReply(
  tx: Db,
  input: { command: PlistCommand; device: DeviceRow; reply: Reply; at: Date; rawEventId: number },
  now: Date,
): Promise<void> {
  const { command, device, reply, at, rawEventId } = input
  await insertReadings(
    tx,
    device.id,
    [...reported(reply), ...unreported(reply)].map((reading) => ({
      ...reading,
      source: 'mdm' as const,
      askedAt: command.sendingAt,
      answeredAt: at,
      byId: command.reservedById,
      byName: command.reservedByName,
      commandUuid: command.commandUuid,
    })),
  )
  if (reply.requestType === 'DeviceInformation' && reply.status === 'Acknowledged')
    await nameDevice(tx, device.id, reply.identity)
  const tellsOs = reply.readings.some(({ field }) => field === 'osVersion' || field === 'osBuild')
  if (tellsOs) await recordOsChange(tx, device.id, { at, rawEventId }, now)
}

const queriedFields: Record<RequestType, readonly ReadingField[]> = {
  DeviceInformation: deviceReadingFields,
  SecurityInfo: ['passcodePresent', 'userEnrollment'],
  AvailableOSUpdates: ['availableUpdates'],
  OSUpdateStatus: ['updateActivity'],
  ScheduleOSUpdate: [],
}

/** Stores the queried fields of an unreadable answer as unknown, so that older readings do not stand in for them. */
export async function recordUnread(
  tx: Db,
  { command, device, at }: { command: PlistCommand; device: DeviceRow; at: Date },
  status: string | undefined,
  reason: string,
): Promise<void> {
  if (status !== 'Acknowledged') return
  const unread = queriedFields[command.requestType].map((field) => ({
    field,
    unknownReason: `the answer cannot be read: ${reason}`,
    source: 'mdm' as const,
    askedAt: command.sendingAt,
    answeredAt: at,
    byId: command.reservedById,
    byName: command.reservedByName,
    commandUuid: command.commandUuid,
  }))
  if (unread.length > 0) await insertReadings(tx, device.id, unread)
}

const reported = (reply: Reply) =>
  reply.readings.map(({ field, value, unknownReason }) => ({ field, value, unknownReason }))

/** Fields that were queried and not reported become unknown: an older reading must not stand in for them. */
const unreported = (reply: Reply) =>
  reply.status !== 'Acknowledged'
    ? []
    : reply.notReported.flatMap(({ field, key }) =>
        field === undefined
          ? []
          : [{ field, value: undefined, unknownReason: `the reply has no ${key}` }],
      )

/** In characters. No error domain of Apple's is as long; a longer one is found in the stored reply only. */
const maxDomainLength = 200
const maxTextLength = 1000

/** Adds the errors of a reply, at every level of its error chains, to the lab's error dictionary. */
export async function recordErrors(
  tx: Db,
  {
    command,
    reply,
    at,
    rawEventId,
  }: { command: PlistCommand; reply: Reply; at: Date; rawEventId: number },
): Promise<void> {
  const results = reply.requestType === 'ScheduleOSUpdate' ? reply.results : undefined
  const inResults = results?.flatMap(({ errorChain }) => errorChain) ?? []
  const received = [
    ...reply.errorChain.flatMap(sightingOf('reply')),
    ...inResults.flatMap(sightingOf('result')),
  ]
  const { commandUuid, deviceId, requestType } = command
  await insertErrorSightings(
    tx,
    received.map((one) => ({ ...one, commandUuid, deviceId, requestType, rawEventId, at })),
  )
}

const sightingOf =
  (place: NewErrorSighting['place']) =>
  ({ domain, code, text }: ErrorItem) =>
    domain === undefined || code === undefined || domain.length > maxDomainLength
      ? []
      : [{ place, domain, code, text: text?.slice(0, maxTextLength) ?? null }]
