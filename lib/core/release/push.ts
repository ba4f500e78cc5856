import type { Db } from '@/lib/db/client'
import {
  type Command,
  findCommand,
  insertCommandEvent,
  updateCommand,
} from '@/lib/db/queries/trials/commands'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { enforcementType, waitsForAnswer } from '@/lib/domain/trial/command-slot'
import type { DeclarationServer } from '@/lib/mdm/declarations/declaration-server'
import type { MdmServer, PushResult } from '@/lib/mdm/server'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { signedServer } from './release-destination'

/**
 * Wakes the device again for a command that waits in the MDM server's queue. A push carries no command, so it can
 * be repeated freely and never sends anything twice.
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
  if (!waitsForAnswer(command))
    return refused(`the command is ${command.state}: it is not waiting for the device`)
  const signed = await signedServer(db, servers, command)
  if ('problem' in signed) return refused(`The MDM server was not contacted: ${signed.problem}.`)
  await pushCommand(db, signed.server, actor, command, now)
  const pushed = await findCommand(db, input.commandUuid)
  return pushed?.pushProblem
    ? refused(`the push failed again: ${pushed.pushProblem}`)
    : { status: 'pushed' }
}

/**
 * Wakes the device and records how the push ended: for a declaration by the server of declarations, which tells the
 * device what holds now. A failed push does not change the command's state.
 */
export async function pushCommand(
  db: Db,
  server: MdmServer,
  actor: Actor,
  command: Pick<Command, 'commandUuid' | 'enrollmentId' | 'requestType'>,
  now: Date,
): Promise<void> {
  const { commandUuid, enrollmentId } = command
  const { declarations } = server
  const pushed =
    command.requestType === enforcementType && declarations
      ? await notified(declarations, enrollmentId)
      : await server.push(enrollmentId)
  await transact(db, actor, async (tx) => {
    const pushProblem = pushed.ok ? null : pushed.reason
    await updateCommand(tx, commandUuid, { pushedAt: now, pushProblem })
    await insertCommandEvent(tx, {
      commandUuid,
      kind: pushed.ok ? 'pushed' : 'pushFailed',
      at: now,
      byName: actor.name,
      text: pushProblem ?? '',
    })
  })
}

/** The server says that it has notified the device, whether or not a command could be queued for it. */
async function notified(server: DeclarationServer, enrollmentId: string): Promise<PushResult> {
  const { outcome, reason } = await server.notify(enrollmentId)
  return outcome === 'done' || outcome === 'alreadySo' ? { ok: true } : { ok: false, reason }
}
