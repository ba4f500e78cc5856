import type { Db } from '@/lib/db/client'
import { findSlotCommand, insertCommandEvent, moveCommand } from '@/lib/db/queries/trials/commands'
import type { Actor } from '@/lib/domain/account/actor'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { withTrial } from '../kernel/prepare-trial'
import { forbidden, type Refusal, refused } from '../shared/result'

/** Takes a release back while it is held. Where the claim was first, it says that the command has left. */
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
      because: `cancelled by ${actor.name} during the hold`,
    })
    if (!cancelled)
      return refused(`the command is ${command.state}: the hold is over, nothing can be taken back`)
    const { commandUuid } = command
    await insertCommandEvent(tx, { commandUuid, kind: 'cancelled', at: now, byName: actor.name })
    await advanceTrial(
      tx,
      trial,
      {
        kind: input.ordinal === 1 ? 'releaseCancelled' : 'slotReleaseCancelled',
        text: `Release of command ${input.ordinal} cancelled: nothing was sent`,
        data: { ordinal: input.ordinal, commandUuid },
      },
      actor,
      now,
    )
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'cancelled' as const }
  })
}
