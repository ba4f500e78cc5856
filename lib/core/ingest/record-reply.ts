import type { Db } from '@/lib/db/client'
import { type DeviceRow, nameDevice } from '@/lib/db/queries/devices/device-facts'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { insertErrorSightings, type NewErrorSighting } from '@/lib/db/queries/events/error-codes'
import type { Command } from '@/lib/db/queries/trials/commands'
import type { ReadingField } from '@/lib/domain/reading/reading'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { deviceReadingFields } from '@/lib/mdm/reply-device'
import type { ErrorItem, Reply } from '@/lib/mdm/reply-types'
import { recordOsChange } from './detect-os-change'

/** Turns a reply into readings, and a changed OS build into what it means for the trials of the device. */
export async function recordReply(
  tx: Db,
  input: { command: Command; device: DeviceRow; reply: Reply; at: Date; rawEventId: number },
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

const askedFields: Record<RequestType, readonly ReadingField[]> = {
  DeviceInformation: deviceReadingFields,
  SecurityInfo: ['passcodePresent', 'userEnrollment'],
  AvailableOSUpdates: ['availableUpdates'],
  OSUpdateStatus: ['updateActivity'],
  ScheduleOSUpdate: [],
}

/** What was asked and answered in a way that nobody can read is unknown from now on. */
export async function recordUnread(
  tx: Db,
  { command, device, at }: { command: Command; device: DeviceRow; at: Date },
  status: string | undefined,
  reason: string,
): Promise<void> {
  if (status !== 'Acknowledged') return
  const unread = askedFields[command.requestType].map((field) => ({
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

/** Asked and not told is unknown from now on: an older reading must not stand in for it. */
const unreported = (reply: Reply) =>
  reply.status !== 'Acknowledged'
    ? []
    : reply.notReported.flatMap(({ field, key }) =>
        field === undefined
          ? []
          : [{ field, value: undefined, unknownReason: `the reply has no ${key}` }],
      )

/** Longer than any domain of Apple's; what is longer stays in the kept reply alone. */
const longestDomain = 200
const longestText = 1000

/** Adds what errors a reply has, at every level of its chains, to the dictionary of this lab. */
export async function recordErrors(
  tx: Db,
  {
    command,
    reply,
    at,
    rawEventId,
  }: { command: Command; reply: Reply; at: Date; rawEventId: number },
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
    domain === undefined || code === undefined || domain.length > longestDomain
      ? []
      : [{ place, domain, code, text: text?.slice(0, longestText) ?? null }]
