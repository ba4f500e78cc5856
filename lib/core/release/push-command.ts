import type { Db } from '@/lib/db/client'
import { type Command, insertCommandEvent, updateCommand } from '@/lib/db/queries/trials/commands'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/actor'
import type { MdmServer } from '@/lib/mdm/server'

/** Wakes the device. A push carries no command and may be repeated at will; its failure changes no slot. */
export async function pushCommand(
  db: Db,
  server: MdmServer,
  actor: Actor,
  command: Pick<Command, 'commandUuid' | 'enrollmentId'>,
  now: Date,
): Promise<void> {
  const { commandUuid, enrollmentId } = command
  const pushed = await server.push(enrollmentId)
  await transact(db, actor, async (tx) => {
    const pushProblem = pushed.ok ? null : pushed.because
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
