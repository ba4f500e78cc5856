import type { Db } from '@/lib/db/client'
import { findAlarm, markAlarmCleared } from '@/lib/db/device-alarms'
import { lockDeviceRow } from '@/lib/db/device-facts'
import { transact } from '@/lib/db/transact'
import { findLiveTrial, lockTrial } from '@/lib/db/trials'
import type { Actor } from '@/lib/domain/actor'
import { advanceTrial } from './advance-trial'
import { refreshVerdicts } from './judge-device'
import { badReason } from './reason'
import { forbidden, type Refusal, refused } from './result'

export type ClearAlarm = { id: number; reason: string }

/**
 * A lead has looked at the device and says what was found; the reason stays beside the alarm. Clearing one
 * releases nothing: the device is judged by the other rules as before.
 */
export async function clearAlarm(
  db: Db,
  actor: Actor,
  input: ClearAlarm,
  now: Date,
): Promise<{ status: 'cleared' } | Refusal> {
  const no = forbidden(actor, 'clearAlarm') ?? badReason(input.reason)
  if (no) return no
  const reason = input.reason.trim()
  const found = await findAlarm(db, input.id)
  if (!found) return refused('There is no such alarm.')
  return transact(db, { ...actor, reason }, async (tx) => {
    await lockDeviceRow(tx, found.deviceId)
    const by = { at: now, byId: actor.id, byName: actor.name, reason }
    const cleared = await markAlarmCleared(tx, found.id, by)
    if (!cleared) {
      const before = await findAlarm(tx, found.id)
      return refused(`${before?.clearedByName ?? 'Somebody'} has cleared it before.`)
    }
    const live = await findLiveTrial(tx, found.deviceId)
    const trial = live && (await lockTrial(tx, live.id))
    if (trial)
      await advanceTrial(
        tx,
        trial,
        {
          kind: 'noted',
          text: `Alarm cleared: ${reason}`,
          data: { alarmId: found.id, rawEventId: found.rawEventId },
        },
        actor,
        now,
      )
    await refreshVerdicts(tx, [found.deviceId], now)
    return { status: 'cleared' }
  })
}
