import type { Db } from '@/lib/db/client'
import { type Command, insertCommandEvent, updateCommand } from '@/lib/db/commands'
import { systemActor } from '@/lib/domain/actor'
import type { MdmServer } from '@/lib/mdm/server'

/** Wakes the device. A push carries no command and may be repeated at will; its failure changes no slot. */
export async function pushCommand(
  db: Db,
  server: MdmServer,
  command: Pick<Command, 'commandUuid' | 'enrollmentId'>,
  now: Date,
): Promise<void> {
  const { commandUuid, enrollmentId } = command
  const pushed = await server.push(enrollmentId)
  await updateCommand(db, commandUuid, {
    pushedAt: now,
    pushProblem: pushed.ok ? null : pushed.because,
  })
  await insertCommandEvent(db, {
    commandUuid,
    kind: pushed.ok ? 'pushed' : 'pushFailed',
    at: now,
    byName: systemActor.name,
    text: pushed.ok ? '' : pushed.because,
  })
}
