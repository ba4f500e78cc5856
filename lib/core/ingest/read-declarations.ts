import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findReadingAt, insertReadings } from '@/lib/db/queries/devices/readings'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import { type DeclarationsSeen, readDeclarationCheckin } from '@/lib/mdm/checkin'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import type { EventInput, EventResult } from './event-result'

type DeclarationEvent = EventInput & { device: DeviceRow }

/**
 * Reads a DeclarativeManagement check-in. It counts as contact whatever it contains. If it shows whether a
 * software-update declaration is active, that is a reading of the device, and newer than one that a person typed.
 */
export async function readDeclarations(
  tx: Db,
  input: DeclarationEvent,
  now: Date,
): Promise<EventResult> {
  const { device, plist } = input
  const found = { readState: 'read', kind: 'declarations', deviceId: device.id } as const
  if (!plist.ok)
    return { ...found, reason: `declarative management that cannot be read: ${plist.reason}` }
  const { about, seen } = readDeclarationCheckin(plist.value)
  if (!seen) return { ...found, reason: `declarative management: ${about}` }
  const trialId = await recordSeen(tx, input, seen, now)
  await refreshVerdicts(tx, [device.id], now)
  return { ...found, trialId, reason: `declarative management: ${seen.reason}` }
}

async function recordSeen(
  tx: Db,
  { device, at, kept }: DeclarationEvent,
  { active, reason }: DeclarationsSeen,
  now: Date,
): Promise<string | undefined> {
  const before = await findReadingAt(tx, device.id, 'activeDeclaration', at)
  await insertReadings(tx, device.id, [
    {
      field: 'activeDeclaration',
      value: active,
      unknownReason: active === undefined ? reason : null,
      source: 'mdm',
      askedAt: null,
      answeredAt: at,
      byName: 'DeclarativeManagement',
    },
  ])
  const live = active === true && before?.value !== true && (await findLiveTrial(tx, device.id))
  const trial = live ? await lockTrial(tx, live.id) : undefined
  if (!trial) return undefined
  const text = `A software-update declaration of another program is active: ${reason}`
  const data = { rawEventId: kept.id, checkin: 'DeclarativeManagement' }
  await advanceTrial(tx, trial, { kind: 'recorded', text, data }, systemActor, now)
  return trial.id
}
