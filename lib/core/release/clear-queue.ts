import type { Db } from '@/lib/db/client'
import { findCommand, insertCommandEvent } from '@/lib/db/queries/trials/commands'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/actor'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { proofRefusal } from '../kernel/sign'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { whyNotWaiting } from './look-up-queue'
import { signedServer } from './signed-server'
import { type WithdrawCommand, withdrawCommand } from './withdraw-command'

/**
 * Empties the queue of a command's device and gives the command up, where the MDM server can (MicroMDM).
 * It takes back whatever has not been handed out yet, commands of others too; what the device has, it
 * has. That it is tried is on the record before it is, and where it fails the command is not given up.
 */
export async function clearQueueAndWithdraw(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: WithdrawCommand,
  clock: () => Date,
): Promise<{ status: 'withdrawn' } | Refusal> {
  const no = forbidden(actor, 'withdrawCommand')
  if (no) return no
  const reason = input.reason.trim()
  if (!isReason(reason))
    return refused(`Say why, ${reasonLength}; it stays in the record.`, 'reason')
  const command = await findCommand(db, input.commandUuid)
  const not = whyNotWaiting(command)
  if (!command || not) return refused(not ?? 'There is no such command.')
  const signed = await signedServer(db, servers, command)
  if ('problem' in signed) return refused(`Nothing was asked of the MDM server: ${signed.problem}.`)
  const { queue } = signed.server
  if (!queue) return refused('This MDM server has no way to empty a queue.')
  const { commandUuid, enrollmentId, trialId } = command
  const { proofId } = input
  const act = { trialId: trialId ?? '', act: 'withdrawCommand', proofId } as const
  const unproved =
    command.purpose === 'probe' ? undefined : await proofRefusal(db, actor, act, clock())
  if (unproved) return unproved
  const note = (kind: string, text: string, data = {}) =>
    transact(db, { ...actor, reason }, (tx) => {
      const about = { commandUuid, at: clock(), byName: actor.name }
      return insertCommandEvent(tx, { ...about, kind, text, data })
    })

  await note('clearingQueue', reason)
  const cleared = await queue.clear(enrollmentId)
  if (!cleared.ok) {
    const doubt = cleared.unsure ? 'Nobody knows whether the queue was emptied' : 'Nothing was done'
    await note('queueNotCleared', `${doubt}: ${cleared.because}`)
    return refused(`${doubt}: ${cleared.because}. The command still waits.`)
  }
  await note('queueCleared', 'The MDM server emptied the queue of the device', {
    answer: cleared.body,
  })
  return withdrawCommand(db, actor, { commandUuid, reason, proofId }, clock())
}
