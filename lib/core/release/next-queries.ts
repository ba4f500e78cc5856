import type { Db } from '@/lib/db/client'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import { type Command, findCommand, findOpenCommand } from '@/lib/db/queries/trials/commands'
import {
  deleteReleaseRequest,
  findReleaseRequest,
  holdBehind,
  listLapsedRequests,
} from '@/lib/db/queries/trials/release-requests'
import { findLiveTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import type { Attempt } from '../shared/failure'
import { endQueryPause, recordNext } from './pause-queries'
import { writeProbe } from './query-device'

/**
 * Makes the next query of a list, once the one before it is answered. During a pause a person's queries wait; one
 * that cannot be made is recorded. The program's own queries do neither, because it repeats them on a schedule.
 */
export async function queryNext(
  tx: Db,
  command: Command,
  device: DeviceRow,
  now: Date,
): Promise<void> {
  const { commandUuid, nextRequests, reservedById } = command
  if (nextRequests.length === 0 || command.purpose !== 'probe' || command.answeredAt) return
  const isOwn = reservedById === systemActor.id
  const releaseRequest = await findReleaseRequest(tx, device.id, now)
  if (releaseRequest && isOwn) return
  if (releaseRequest && releaseRequest.heldCommand === null) {
    await holdBehind(tx, device.id, commandUuid)
    const text = `Not queried yet: ${nextRequests.join(', ')}, because ${releaseRequest.byName} is about to release a command`
    await recordNext(tx, { commandUuid, kind: 'nextWaiting', text, byName: systemActor.name }, now)
    return
  }
  const open = await findOpenCommand(tx, device.id)
  let reason: string | undefined
  if (releaseRequest) reason = 'other queries wait already for the end of a release'
  else if (open) reason = `${open.requestType} is ${open.state} on the device`
  else reason = await writeNext(tx, command, device, now)
  if (reason === undefined || isOwn) return
  const text = `Not queried: ${nextRequests.join(', ')}, because ${reason}`
  await recordNext(tx, { commandUuid, kind: 'nextNotAsked', text, byName: systemActor.name }, now)
}

/** @returns why the device, which has no open command, cannot be queried; undefined once the query is written */
async function writeNext(
  tx: Db,
  command: Command,
  device: DeviceRow,
  now: Date,
): Promise<string | undefined> {
  const [first, ...rest] = command.nextRequests
  if (!first) return undefined
  const live = await findLiveTrial(tx, device.id)
  if (live?.state === 'released') return `trial T-${live.number} is released`
  const server = device.mdmServerId ? await findShownServer(tx, device.mdmServerId) : undefined
  if (!server) return 'the device belongs to no MDM server'
  const actor = { id: command.reservedById, name: command.reservedByName, role: 'system' as const }
  const ask = { first, rest, trialId: command.trialId ?? undefined }
  const asked = await writeProbe(tx, actor, device, ask, now)
  return asked.status === 'refused' ? asked.reason : undefined
}

/**
 * Makes the queries that waited during a pause, once it is over.
 * @returns on how many devices
 */
export async function resumeQueries(db: Db, now: Date, attempt: Attempt): Promise<number> {
  let asked = 0
  for (const { deviceId } of await listLapsedRequests(db, now))
    asked += await attempt(() => resumeOn(db, deviceId, now))
  return asked
}

async function resumeOn(db: Db, deviceId: string, now: Date): Promise<number> {
  return transact(db, systemActor, async (tx) => {
    const device = await lockDeviceRow(tx, deviceId)
    // The pause may have been renewed, or the device queried, since the list was read.
    const releaseRequests = await listLapsedRequests(tx, now)
    const held = releaseRequests.find(
      (releaseRequest) => releaseRequest.deviceId === deviceId,
    )?.heldCommand
    const command = held ? await findCommand(tx, held) : undefined
    if (!device || !command || (await findOpenCommand(tx, deviceId))) return 0
    const reason = await writeNext(tx, command, device, now)
    if (reason !== undefined) {
      await endQueryPause(tx, deviceId, { reason, actor: systemActor, now })
      return 0
    }
    await deleteReleaseRequest(tx, deviceId)
    const text = `Queried after all: ${command.nextRequests.join(', ')}`
    const { commandUuid } = command
    await recordNext(tx, { commandUuid, kind: 'nextAsked', text, byName: systemActor.name }, now)
    return 1
  })
}
