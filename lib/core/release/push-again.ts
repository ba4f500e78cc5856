import type { Db } from '@/lib/db/client'
import { findCommand } from '@/lib/db/queries/trials/commands'
import type { Actor } from '@/lib/domain/account/actor'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { pushCommand } from './push-command'
import { signedServer } from './signed-server'

/**
 * Wakes the device once more for a command that waits with the MDM server. It carries no command, so
 * it can be repeated at will and never sends anything twice.
 */
export async function pushAgain(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: { commandUuid: string },
  now: Date,
): Promise<{ status: 'pushed' } | Refusal> {
  const no = forbidden(actor, 'askDevice')
  if (no) return no
  const command = await findCommand(db, input.commandUuid)
  if (!command) return refused('there is no such command')
  const waits =
    ['queued', 'unconfirmed'].includes(command.state) && !command.answeredAt && !command.withdrawnAt
  if (!waits) return refused(`the command is ${command.state}: nothing waits for the device`)
  const signed = await signedServer(db, servers, command)
  if ('problem' in signed) return refused(`Nothing was asked of the MDM server: ${signed.problem}.`)
  await pushCommand(db, signed.server, actor, command, now)
  const pushed = await findCommand(db, input.commandUuid)
  return pushed?.pushProblem
    ? refused(`the push failed again: ${pushed.pushProblem}`)
    : { status: 'pushed' }
}
