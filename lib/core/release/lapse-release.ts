import type { Db } from '@/lib/db/client'
import { findOpenCommand, insertCommandEvent, moveCommand } from '@/lib/db/queries/trials/commands'
import { lockTrial, type Trial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/actor'
import { nextTrialState, type TrialEventKind } from '@/lib/domain/trial/trial'
import { advanceTrial } from '../kernel/advance-trial'

/** A trial that was closed meanwhile keeps its state; the note in its timeline says what became of the command. */
export function lapseKind(state: Trial['state'], first: boolean): TrialEventKind {
  const kind = first ? 'releaseLapsed' : 'slotReleaseLapsed'
  return nextTrialState(state, kind) ? kind : 'noted'
}

/**
 * Lets the release that is held on a device lapse at once: what came to light during its hold must be looked
 * at, even where it is settled before the hold ends. A command that has left is not touched. The device's
 * row is locked by the caller.
 */
export async function lapseHeldRelease(
  tx: Db,
  deviceId: string,
  because: string,
  now: Date,
): Promise<void> {
  const open = await findOpenCommand(tx, deviceId)
  if (open?.state !== 'reserved' || open.purpose === 'probe' || open.trialId === null) return
  const { commandUuid, slotOrdinal: ordinal } = open
  const trial = await lockTrial(tx, open.trialId)
  const lapsed = await moveCommand(tx, commandUuid, ['reserved'], {
    state: 'lapsed',
    settledAt: now,
    because,
  })
  if (!trial || !lapsed) return
  const byName = systemActor.name
  await insertCommandEvent(tx, { commandUuid, kind: 'lapsed', at: now, byName, text: because })
  await advanceTrial(
    tx,
    trial,
    {
      kind: lapseKind(trial.state, ordinal === 1),
      text: `Command ${ordinal} was not sent: ${because}`,
      data: { ordinal, commandUuid },
    },
    systemActor,
    now,
  )
}
