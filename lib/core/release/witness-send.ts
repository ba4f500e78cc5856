import type { Db } from '@/lib/db/client'
import { readStanding } from '@/lib/db/queries/servers/database-identity'
import type { Command } from '@/lib/db/queries/trials/commands'
import type { SendResult } from '@/lib/mdm/server'
import type { Witness } from '@/lib/witness/witness'
import { rootMessage } from '../shared/failure'
import { findWitnessProblem } from './check-witness'
import { leftBefore } from './sending-stop'
import type { QueueContents } from './server-queue'

/** Why a command that the database has as reserved was sent already, and when (unknown if only a queue shows it). */
export type EarlierSend = { reason: string; leftAt: Date | undefined }

/**
 * Finds out whether a reserved command was sent already: from the witness of this process, or from the queue
 * of an MDM server that shows it. Such a CommandUUID is never sent again, whatever the database says.
 */
export async function findEarlierSend(
  db: Db,
  { commandUuid }: Command,
  { witness, queue }: { witness: Witness | undefined; queue: QueueContents },
): Promise<EarlierSend | undefined> {
  if (queue.hasCommand)
    return {
      reason:
        'the queue of the MDM server holds it already, and the database does not know that it was sent. It is not sent again',
      leftAt: undefined,
    }
  if (!witness) return undefined
  const { identity } = await readStanding(db)
  const send = sendsOf(witness, identity.lab)?.get(commandUuid)
  return send && { reason: leftBefore(send), leftAt: new Date(send.at) }
}

/** A witness that cannot be read is reported by `checkWitness`, which stops all sending. */
function sendsOf(witness: Witness, lab: string) {
  try {
    return witness.read(lab).sends
  } catch {
    return undefined
  }
}

/**
 * Records outside of the database that a claimed command is about to be sent. Queries are not recorded: a query
 * that is sent twice changes nothing on a device, and a flush to disk for each would slow the lab down.
 * @returns undefined once it is recorded; otherwise how the command ends, and nothing may be sent
 */
export async function witnessSend(
  db: Db,
  witness: Witness | undefined,
  command: Command,
  now: Date,
): Promise<SendResult | undefined> {
  if (!witness || command.purpose !== 'intervention') return undefined
  try {
    // The claim was committed to a database that may have gone back since. What is compared is what is
    // recorded: a second read could be of another database.
    const standing = await readStanding(db)
    const differs = await findWitnessProblem(db, witness, standing)
    if (differs !== undefined) return { outcome: 'notSent', reason: `not sent: ${differs}` }
    witness.write(standing.identity.lab, {
      kind: 'sent',
      at: now.toISOString(),
      ...standing,
      commandUuid: command.commandUuid,
      requestType: command.requestType,
      deviceId: command.deviceId,
      enrollmentId: command.enrollmentId,
      mdmServerId: command.mdmServerId,
      trialId: command.trialId,
      slotOrdinal: command.slotOrdinal,
    })
    return undefined
  } catch (error) {
    return {
      outcome: 'notSent',
      reason: `not sent: the witness of sending could not be written (${rootMessage(error)}). Look at the data folder and its disk`,
    }
  }
}

/** Records that the request provably never left, so that its CommandUUID may be released again. */
export async function witnessNotSent(
  db: Db,
  witness: Witness | undefined,
  { commandUuid, purpose }: Command,
  now: Date,
): Promise<void> {
  if (!witness || purpose !== 'intervention') return
  try {
    const { identity } = await readStanding(db)
    witness.write(identity.lab, { kind: 'notSent', at: now.toISOString(), commandUuid })
  } catch {
    // It stays recorded as sent: that keeps the device reserved for longer, and sends nothing.
  }
}
