import type { Db } from '@/lib/db/client'
import { listStrandedCommands } from '@/lib/db/queries/trials/commands'
import { systemActor } from '@/lib/domain/account/actor'
import { settleCommand } from './deliver'

/**
 * Longer than the enqueue call (30 s) and the tries to write its answer (a minute) may take, so that no
 * living process still has the answer.
 */
const strandedAfterMs = 120_000

/**
 * Settles what a dead process left half sent. Nobody knows whether the request arrived, so it is
 * unconfirmed, held until the device answers or a person withdraws it, and never sent again.
 */
export async function recoverCommands(
  db: Db,
  now: Date,
  afterMs = strandedAfterMs,
): Promise<number> {
  const stranded = await listStrandedCommands(db, new Date(now.getTime() - afterMs))
  for (const command of stranded)
    await settleCommand(
      db,
      command,
      {
        outcome: 'unconfirmed',
        because: `${systemActor.name} stopped while it was sending: the command may have been sent. Do not send it by hand`,
      },
      now,
    )
  return stranded.length
}
