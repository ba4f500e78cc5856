import type { Db } from '@/lib/db/client'
import {
  findOpenCommand,
  findSlotCommand,
  insertCommandEvent,
  moveCommand,
} from '@/lib/db/queries/trials/commands'
import { lockTrial, type Trial } from '@/lib/db/queries/trials/trials'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import { releasedName } from '@/lib/domain/trial/mechanism'
import { nextTrialState, type TrialEventKind } from '@/lib/domain/trial/trial'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, refused } from '../shared/result'

/** Cancels a release during its hold. Refuses if the worker has claimed the command already. */
export async function cancelRelease(
  db: Db,
  actor: Actor,
  input: { trialId: string; ordinal: number },
  now: Date,
): Promise<{ status: 'cancelled' } | Refusal> {
  const no = forbidden(actor, 'cancelRelease')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    const command = await findSlotCommand(tx, trial.id, input.ordinal)
    if (!command) return refused('nothing has been released')
    const cancelled = await moveCommand(tx, command.commandUuid, ['reserved'], {
      state: 'cancelled',
      settledAt: now,
      reason: `cancelled by ${actor.name} during the hold`,
    })
    if (!cancelled)
      return refused(
        `the hold is over: ${releasedName(command).toLowerCase()} is ${command.state} and cannot be cancelled`,
      )
    const { commandUuid } = command
    await insertCommandEvent(tx, { commandUuid, kind: 'cancelled', at: now, byName: actor.name })
    await advanceTrial(
      tx,
      trial,
      {
        kind: input.ordinal === 1 ? 'releaseCancelled' : 'slotReleaseCancelled',
        text: `Release of ${releasedName(command).toLowerCase()} cancelled: nothing was sent`,
        data: { ordinal: input.ordinal, commandUuid },
      },
      actor,
      now,
    )
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'cancelled' as const }
  })
}

/** The event for a release that lapses. A trial that was closed meanwhile keeps its state and gets a note. */
export function lapseKind(state: Trial['state'], first: boolean): TrialEventKind {
  const kind = first ? 'releaseLapsed' : 'slotReleaseLapsed'
  return nextTrialState(state, kind) ? kind : 'recorded'
}

/**
 * Lapses the release that is on hold for a device at once: what was found during the hold must be looked at,
 * even if it is settled before the hold ends. A command that was sent is not touched. The caller has locked the
 * device's row.
 */
export async function lapseHeldRelease(
  tx: Db,
  deviceId: string,
  reason: string,
  now: Date,
): Promise<void> {
  const open = await findOpenCommand(tx, deviceId)
  if (open?.state !== 'reserved' || open.purpose === 'probe' || open.trialId === null) return
  const { commandUuid, slotOrdinal: ordinal } = open
  const trial = await lockTrial(tx, open.trialId)
  const lapsed = await moveCommand(tx, commandUuid, ['reserved'], {
    state: 'lapsed',
    settledAt: now,
    reason,
  })
  if (!trial || !lapsed) return
  const byName = systemActor.name
  await insertCommandEvent(tx, { commandUuid, kind: 'lapsed', at: now, byName, text: reason })
  await advanceTrial(
    tx,
    trial,
    {
      kind: lapseKind(trial.state, ordinal === 1),
      text: `${releasedName(open)} was not sent: ${reason}`,
      data: { ordinal, commandUuid },
    },
    systemActor,
    now,
  )
}
