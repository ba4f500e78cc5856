import type { Db } from '@/lib/db/client'
import { listOpenAlarmsOfStop } from '@/lib/db/queries/devices/device-alarms'
import { findStop, markStopEnded } from '@/lib/db/queries/servers/sending-stops'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/actor'
import { badReason } from '../shared/reason'
import { forbidden, type Refusal, refused } from '../shared/result'

export type EndSendingStop = { id: number; reason: string }

/**
 * A lead lets commands go out again, once each device concerned has been looked at. By that the database as
 * it stands is accepted; whatever goes back after it stops the sending anew.
 */
export async function endSendingStop(
  db: Db,
  actor: Actor,
  input: EndSendingStop,
  now: Date,
): Promise<{ status: 'ended' } | Refusal> {
  const no = forbidden(actor, 'clearAlarm') ?? badReason(input.reason)
  if (no) return no
  const reason = input.reason.trim()
  return transact(db, { ...actor, reason }, async (tx) => {
    const stop = await findStop(tx, input.id)
    if (!stop) return refused('There is no such stop.')
    if (stop.endedAt) return refused(`${stop.endedByName ?? 'Somebody'} has ended it before.`)
    const waiting = await listOpenAlarmsOfStop(tx, stop.id)
    if (waiting.length > 0) {
      const names = [...new Set(waiting.map(({ labTag, deviceName }) => labTag ?? deviceName))]
      return refused(`Look at each device first, and clear its alarm: ${names.join(', ')}.`)
    }
    const by = { at: now, byId: actor.id, byName: actor.name, reason }
    const ended = await markStopEnded(tx, stop.id, by)
    return ended ? { status: 'ended' } : refused('Somebody has ended it before.')
  })
}
