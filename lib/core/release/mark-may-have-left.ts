import type { Db } from '@/lib/db/client'
import { type Command, insertCommandEvent, moveCommand } from '@/lib/db/queries/trials/commands'
import { systemActor } from '@/lib/domain/account/actor'
import { refreshVerdicts } from '../kernel/judge-device'
import type { ClaimedTrial } from './claim-trial'

/**
 * A command that the database has as reserved and that left before: it becomes unconfirmed, is never sent
 * again, and its trial counts as begun. The device's row and the command's are locked by the caller.
 * @param leftAt when it left, as it was witnessed; undefined where only the MDM server's queue tells
 */
export async function markMayHaveLeft(
  tx: Db,
  command: Command,
  trial: ClaimedTrial,
  { because, leftAt }: { because: string; leftAt: Date | undefined },
  now: Date,
): Promise<void> {
  const { commandUuid } = command
  const sendingAt = leftAt ?? now
  await trial.begin?.({ text: `Command ${command.slotOrdinal}: ${because}`, sentAt: sendingAt })
  await moveCommand(tx, commandUuid, ['reserved'], { state: 'sending', sendingAt })
  await moveCommand(tx, commandUuid, ['sending'], { state: 'unconfirmed', settledAt: now, because })
  const byName = systemActor.name
  await insertCommandEvent(tx, { commandUuid, kind: 'unconfirmed', at: now, byName, text: because })
  await refreshVerdicts(tx, [command.deviceId], now)
}
