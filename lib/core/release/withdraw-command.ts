import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Command,
  findCommand,
  insertCommandEvent,
  lockCommand,
  moveCommand,
  updateCommand,
} from '@/lib/db/queries/trials/commands'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { enforcementType, isOpenCommand } from '@/lib/domain/trial/command-slot'
import { refreshVerdicts } from '../kernel/judge-device'
import { sign } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'

export type WithdrawCommand = {
  commandUuid: string
  reason: string
  /** Made by the password or passkey at this action; withdrawing an update command is signed. */
  proofId?: string | undefined
}

/**
 * Ends the wait for an answer, so that the device can be used again. The command itself is not revoked: the MDM
 * server may still deliver it at the device's next poll.
 */
export async function withdrawCommand(
  db: Db,
  actor: Actor,
  input: WithdrawCommand,
  now: Date,
): Promise<{ status: 'withdrawn' } | Refusal> {
  // The command decides which permission is needed. An actor with neither learns nothing about the command.
  const not = forbidden(actor, 'askDevice')
  if (not) return not
  const reason = input.reason.trim()
  if (!isReason(reason))
    return refused(`say why, ${reasonLength}; it stays in the record`, 'reason')
  return transact(db, { ...actor, reason }, async (tx) => {
    const found = await findCommand(tx, input.commandUuid)
    if (!found) return refused('there is no such command')
    // An engineer may withdraw a query; an update command takes a lead.
    const no = forbidden(actor, found.purpose === 'probe' ? 'askDevice' : 'withdrawCommand')
    if (no) return no
    if (found.requestType === enforcementType && found.state !== 'reserved')
      return refused('it is a declaration: withdraw the declaration instead, which takes it back')
    await lockDeviceRow(tx, found.deviceId)
    const command = await lockCommand(tx, input.commandUuid)
    if (!command || !isOpenCommand(command) || command.state === 'sending')
      return refused(`the command is ${command?.state ?? 'gone'}: it is not waiting for an answer`)
    const { commandUuid } = command
    if (command.state === 'reserved') {
      if (command.purpose === 'intervention')
        return refused('it has not been sent: cancel the release instead')
      await moveCommand(tx, commandUuid, ['reserved'], { state: 'cancelled', settledAt: now })
    } else {
      const unsigned = await signWithdrawal(tx, actor, command, input, now)
      if (unsigned) return unsigned
      await updateCommand(tx, commandUuid, {
        withdrawnAt: now,
        withdrawnBy: actor.name,
        withdrawnReason: reason,
      })
    }
    await insertCommandEvent(tx, {
      commandUuid,
      kind: 'withdrawn',
      at: now,
      byName: actor.name,
      text: reason,
    })
    await refreshVerdicts(tx, [command.deviceId], now)
    return { status: 'withdrawn' as const }
  })
}

/** After a withdrawal the update command may still reach the device; a lead takes responsibility for that by signing. */
async function signWithdrawal(
  tx: Db,
  actor: Actor,
  { purpose, trialId, commandUuid, slotOrdinal }: Command,
  { proofId, reason }: WithdrawCommand,
  now: Date,
): Promise<Refusal | undefined> {
  if (purpose === 'probe' || trialId === null) return undefined
  await lockTrial(tx, trialId)
  const about = { commandUuid, slotOrdinal: slotOrdinal ?? undefined }
  const signed = await sign(
    tx,
    actor,
    { trialId, act: 'withdrawCommand', proofId, reason, ...about },
    now,
  )
  return signed.status === 'refused' ? signed : undefined
}
