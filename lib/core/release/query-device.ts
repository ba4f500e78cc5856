import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findDurabilityProblem } from '@/lib/db/queries/servers/database-health'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import {
  findOpenCommand,
  insertCommand,
  insertCommandEvent,
} from '@/lib/db/queries/trials/commands'
import { findReleaseRequest } from '@/lib/db/queries/trials/release-requests'
import { isSealed } from '@/lib/db/queries/trials/reviews'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { buildCommand } from '@/lib/mdm/command'
import { countAction } from '../shared/action-limits'
import { forbidden, type Refusal, refused } from '../shared/result'
import { endQueryPause } from './pause-queries'

type Probe = Exclude<RequestType, 'ScheduleOSUpdate'>

/** What "Query device" requests, one after the other: NanoMDM's default store loses commands that overlap. */
export const fullQuery: Probe[] = [
  'DeviceInformation',
  'SecurityInfo',
  'AvailableOSUpdates',
  'OSUpdateStatus',
]
/** What a running trial requests on its schedule. */
export const statusQuery: Probe[] = ['OSUpdateStatus', 'DeviceInformation']

export type Asked = { status: 'asked'; commandUuid: string }

/** Writes the first query of a list; each reply triggers the next one. The attempt is on the record at once. */
export async function queryDevice(
  db: Db,
  actor: Actor,
  input: { deviceId: string; questions?: Probe[]; trialId?: string },
  now: Date,
): Promise<Asked | Refusal> {
  const no = forbidden(actor, 'askDevice') ?? (await countAction(db, actor, 'askDevice', now))
  if (no) return no
  return transact(db, actor, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('there is no such device', 'deviceId')
    const open = await findOpenCommand(tx, device.id)
    if (open)
      return refused(
        `${open.requestType} is still ${open.state} on this device; one command at a time`,
      )
    // A person who queries by hand wants the answers first; the program's own queries wait for the release.
    if (actor.role !== 'system')
      await endQueryPause(tx, device.id, { reason: 'the device was queried again', actor, now })
    else if (await findReleaseRequest(tx, device.id, now))
      return refused('somebody is about to release a command: queries are paused')
    const [first, ...rest] = input.questions ?? fullQuery
    if (!first) return refused('there is nothing to query', 'questions')
    return writeProbe(tx, actor, device, { first, rest, trialId: input.trialId }, now)
  })
}

/** Writes one query on a device whose row is locked and that has no open command. */
export async function writeProbe(
  tx: Db,
  actor: Actor,
  device: DeviceRow,
  ask: { first: RequestType; rest: RequestType[]; trialId?: string | undefined },
  now: Date,
): Promise<Asked | Refusal> {
  if (device.retiredAt) return refused('the device is retired')
  if (device.enrollmentId === null || device.mdmServerId === null)
    return refused(
      'the device has no enrollment ID or belongs to no MDM server: it cannot be queried',
    )
  const server = await findShownServer(tx, device.mdmServerId)
  if (server && server.stopReason !== null)
    return refused(`sending through ${server.name} is stopped: ${server.stopReason}`)
  const unsafe = await findDurabilityProblem(tx)
  if (unsafe !== undefined) return refused(unsafe)
  // A sealed record takes no new query; the device is queried all the same, outside of the trial.
  const trialId = ask.trialId && !(await isSealed(tx, ask.trialId)) ? ask.trialId : null
  const commandUuid = randomUUID()
  const built = buildCommand({ commandUuid, requestType: ask.first })
  await insertCommand(tx, {
    commandUuid,
    deviceId: device.id,
    mdmServerId: device.mdmServerId,
    enrollmentId: device.enrollmentId,
    trialId,
    purpose: 'probe',
    requestType: ask.first,
    plist: built.plist,
    plistSha256: built.sha256,
    state: 'reserved',
    reservedAt: now,
    reservedById: actor.id,
    reservedByName: actor.name,
    holdEndsAt: now,
    nextRequests: ask.rest,
  })
  await insertCommandEvent(tx, { commandUuid, kind: 'reserved', at: now, byName: actor.name })
  return { status: 'asked', commandUuid }
}
