import type { Db } from '@/lib/db/client'
import {
  hasAlarmOf,
  insertAlarm,
  listOpenAlarmsOfStop,
} from '@/lib/db/queries/devices/device-alarms'
import { type DeviceRow, findDeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import type { Standing } from '@/lib/db/queries/servers/database-identity'
import {
  findOpenStopOf,
  findStop,
  insertStop,
  markStopEnded,
} from '@/lib/db/queries/servers/sending-stops'
import { lockCommand } from '@/lib/db/queries/trials/commands'
import { findLiveTrial, listDevicesWithLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import type { WitnessedSend } from '@/lib/domain/server/witness'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'
import { claimTrial, markMayHaveLeft } from './claim-trial'

/** How the database differs from what the witness remembers. */
export type WitnessFinding = {
  reason: string
  /** Requests that were sent and that the database does not have as sent. */
  unknown: WitnessedSend[]
  /** Everything the witness remembers is there, as after a planned failover without loss. */
  nothingMissing: boolean
}

type Stopping = { witnessId: string; finding: WitnessFinding; standing: Standing }

/**
 * Stops all sending until a lead has looked at each device concerned: every device with a sent request that the
 * database does not have, and, if any record may be missing, every device with a live trial.
 */
export async function stopAllSending(
  db: Db,
  { witnessId, finding, standing }: Stopping,
  now: Date,
): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    const reason = finding.reason
    const begun = await insertStop(tx, { witnessId, reason, found: standing, foundAt: now })
    const stop = begun ?? (await findOpenStopOf(tx, witnessId))
    if (!stop) return
    // A stop that is open already also covers sends found since then: their devices must be looked at too.
    const unknown = begun ? finding.unknown : await withoutAlarm(tx, finding.unknown)
    const live = finding.nothingMissing || !begun ? [] : await listDevicesWithLiveTrial(tx)
    const ids = new Set([...live, ...unknown.map(({ deviceId }) => deviceId)])
    // Sorted, because each row is locked and another process may lock the same ones.
    for (const deviceId of [...ids].sort()) {
      const device = await lockDeviceRow(tx, deviceId)
      if (!device) continue
      const sends = unknown.filter((send) => send.deviceId === deviceId)
      await alarmDevice(tx, device, { stopId: stop.id, reason, sends }, now)
    }
  })
}

/** The sends for which their device never had an alarm, open or cleared. A deleted device needs none. */
export async function withoutAlarm(
  db: Db,
  sends: readonly WitnessedSend[],
): Promise<WitnessedSend[]> {
  const missing = await Promise.all(
    sends.map(async (send) =>
      (await hasAlarmOf(db, send)) || !(await findDeviceRow(db, send.deviceId)) ? [] : [send],
    ),
  )
  return missing.flat()
}

async function alarmDevice(
  tx: Db,
  device: DeviceRow,
  { stopId, reason, sends }: { stopId: number; reason: string; sends: WitnessedSend[] },
  now: Date,
): Promise<void> {
  const live = await findLiveTrial(tx, device.id)
  const alarms = sends.map((send) => ({
    reason: describeSend(send),
    commandUuid: send.commandUuid,
  }))
  const all = alarms.length > 0 ? alarms : [{ reason: atRisk(reason), commandUuid: null }]
  for (const alarm of all) {
    const kind = 'databaseWentBack' as const
    const trialId = live?.id ?? null
    await insertAlarm(tx, { deviceId: device.id, trialId, kind, stopId, raisedAt: now, ...alarm })
    const trial = live && (await lockTrial(tx, live.id))
    const text = `Sending is stopped. ${alarm.reason}`
    if (trial)
      await advanceTrial(tx, trial, { kind: 'recorded', text, data: { stopId } }, systemActor, now)
  }
  for (const send of sends) await keepFromSending(tx, device, send, now)
  await refreshVerdicts(tx, [device.id], now)
}

const atRisk = (reason: string) =>
  `Part of what was done with this device may be missing from the record: ${reason}`

const describeSend = ({ requestType, commandUuid, at, slotOrdinal }: WitnessedSend) =>
  `${requestType} ${commandUuid}${slotOrdinal === null ? '' : ` (command ${slotOrdinal} of a trial)`} was sent to the MDM server at ${at}, and the database does not know it: the device may have it, or may have updated already`

/** Makes a command unconfirmed that the database would send a second time. */
async function keepFromSending(
  tx: Db,
  device: DeviceRow,
  send: WitnessedSend,
  now: Date,
): Promise<void> {
  const command = await lockCommand(tx, send.commandUuid)
  if (command?.state !== 'reserved' || command.deviceId !== device.id) return
  const left = { reason: leftBefore(send), leftAt: new Date(send.at) }
  const trial = await claimTrial(tx, command, device, now)
  await markMayHaveLeft(tx, command, trial, left, now)
}

export const leftBefore = ({ at }: WitnessedSend) =>
  `it was sent to the MDM server at ${at} already, and the database lost that record. It is not sent again`

export type EndSendingStop = { id: number; reason: string }

/**
 * Ends a sending stop, once a lead has looked at each device concerned. The lead accepts the database as it is
 * now by that; a later loss stops sending again.
 */
export async function endSendingStop(
  db: Db,
  actor: Actor,
  input: EndSendingStop,
  now: Date,
): Promise<{ status: 'ended' } | Refusal> {
  const no = forbidden(actor, 'clearAlarm') ?? reasonRefusal(input.reason)
  if (no) return no
  const reason = input.reason.trim()
  return transact(db, { ...actor, reason }, async (tx) => {
    const stop = await findStop(tx, input.id)
    if (!stop) return refused('There is no such stop.')
    if (stop.endedAt) return refused(`${stop.endedByName ?? 'Somebody'} has ended it already.`)
    const waiting = await listOpenAlarmsOfStop(tx, stop.id)
    if (waiting.length > 0) {
      const names = [...new Set(waiting.map(({ labTag, deviceName }) => labTag ?? deviceName))]
      return refused(`Look at each device first, and clear its alarm: ${names.join(', ')}.`)
    }
    const by = { at: now, byId: actor.id, byName: actor.name, reason }
    const ended = await markStopEnded(tx, stop.id, by)
    return ended ? { status: 'ended' } : refused('Somebody has ended it already.')
  })
}
