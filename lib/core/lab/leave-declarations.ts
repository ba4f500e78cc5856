import type { Db } from '@/lib/db/client'
import { judgeAgain } from '@/lib/db/queries/devices/verdicts'
import { leaveDeclarations } from '@/lib/db/queries/servers/servers'
import { insertCommandEvent, updateCommand } from '@/lib/db/queries/trials/commands'
import {
  type BeingTakenBack,
  listDeclarationSteps,
} from '@/lib/db/queries/trials/declaration-steps'
import { mayArriveUntil } from '@/lib/domain/trial/declaration-step'

const leavesWords = 'declarations that are left at the old address stay there'

/** Lets this transaction change where declarations are kept although some are there; the trail has that as its reason. */
export const leaveThem = (tx: Db): Promise<void> => leaveDeclarations(tx, leavesWords)

/**
 * Ends the wait for declarations that somebody has withdrawn and that no device has fetched: their server is given up, so
 * nothing can take them back. One whose attaching may still be under way is waited for.
 */
export async function giveUpWithdrawn(
  tx: Db,
  { waiting, now }: { waiting: readonly BeingTakenBack[]; now: Date },
): Promise<void> {
  const steps = await listDeclarationSteps(
    tx,
    waiting.map(({ commandUuid }) => commandUuid),
  )
  for (const { commandUuid, deviceId, byName, reason } of waiting) {
    const until = mayArriveUntil(steps.filter((step) => step.commandUuid === commandUuid))
    if (until && now < until) continue
    const text = `${reason} (its server of declarations was given up, and what is there was left there)`
    await updateCommand(tx, commandUuid, {
      ...{ withdrawnAt: now, withdrawnBy: byName, withdrawnReason: text },
    })
    await insertCommandEvent(tx, { commandUuid, kind: 'withdrawn', at: now, byName, text })
    await judgeAgain(tx, deviceId)
  }
}
