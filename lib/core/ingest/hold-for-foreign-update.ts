import type { Db } from '@/lib/db/client'
import { insertAlarm } from '@/lib/db/queries/devices/device-alarms'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import type { RawEvent } from '@/lib/db/queries/events/raw-events'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import type { DeviceEvent } from '@/lib/mdm/event'
import { findUpdateAnswer } from '@/lib/mdm/foreign-reply'
import { advanceTrial } from '../kernel/advance-trial'
import type { EventResult } from './event-result'

type ForeignAnswer = { kept: RawEvent; event: DeviceEvent; device: DeviceRow }

/**
 * Handles an answer to an update command that this program never wrote for this device: another program sent it,
 * or the database lost one of its own. Raises an alarm, so that nothing is released on the device until a lead
 * has cleared it, and records it on the device's live trial.
 * @returns undefined if the answer is not one to an update command
 */
export async function holdForForeignUpdate(
  tx: Db,
  { kept, event, device }: ForeignAnswer,
  now: Date,
): Promise<EventResult | undefined> {
  const shown = findUpdateAnswer(event.rawPayload)
  if (shown === undefined || event.commandUuid === undefined) return undefined
  const reason = `The device has answered an update command that this program never wrote for it (CommandUUID ${event.commandUuid}, ${event.status ?? 'no status'}): ${shown}`
  const live = await findLiveTrial(tx, device.id)
  const raised = await insertAlarm(tx, {
    deviceId: device.id,
    trialId: live?.id ?? null,
    kind: 'foreignUpdate',
    reason,
    rawEventId: kept.id,
    commandUuid: event.commandUuid.toLowerCase(),
    raisedAt: now,
  })
  if (raised && live) await recordOnTrial(tx, live.id, { reason, rawEventId: kept.id }, now)
  return { readState: 'unmatched', reason, deviceId: device.id, trialId: live?.id }
}

async function recordOnTrial(
  tx: Db,
  trialId: string,
  { reason, rawEventId }: { reason: string; rawEventId: number },
  now: Date,
): Promise<void> {
  const trial = await lockTrial(tx, trialId)
  if (!trial) return
  await advanceTrial(
    tx,
    trial,
    {
      kind: 'recorded',
      text: `${reason} (event ${rawEventId}). The device is held until a lead has looked at it`,
      data: { rawEventId, alarm: 'foreignUpdate' },
    },
    systemActor,
    now,
  )
}
