import type { Db } from '@/lib/db/client'
import { findAlarm, markAlarmCleared } from '@/lib/db/queries/devices/device-alarms'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/actor'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'
import { acceptIdentity } from './accept-identity'

export type ClearAlarm = {
  id: number
  reason: string
  /** Of an identity alarm: what was told is right from now on. Else what was known stands. */
  accepts?: boolean | undefined
}

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
  const no = forbidden(actor, 'clearAlarm') ?? reasonRefusal(input.reason)
  if (no) return no
  const reason = input.reason.trim()
  const found = await findAlarm(db, input.id)
  if (!found) return refused('There is no such alarm.')
  return transact(db, { ...actor, reason }, async (tx) => {
    const device = await lockDeviceRow(tx, found.deviceId)
    if (!device) throw new Error(`alarm ${found.id} has no device`)
    const refusal =
      input.accepts && found.clearedAt === null
        ? await acceptIdentity(tx, actor, found, device, now)
        : undefined
    if (refusal) return refusal
    const accepted = found.identity ? (input.accepts ?? false) : null
    const by = { at: now, byId: actor.id, byName: actor.name, reason, accepted }
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
          text: `Alarm cleared${stands(accepted)}: ${reason}`,
          data: { alarmId: found.id, rawEventId: found.rawEventId },
        },
        actor,
        now,
      )
    await refreshVerdicts(tx, [found.deviceId], now)
    return { status: 'cleared' }
  })
}

const stands = (accepted: boolean | null) =>
  accepted === null
    ? ''
    : accepted
      ? ', the reported identity was accepted'
      : ', the known identity was kept'
