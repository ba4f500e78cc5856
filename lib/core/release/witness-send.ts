import type { Db } from '@/lib/db/client'
import { readStanding } from '@/lib/db/queries/servers/database-identity'
import type { Command } from '@/lib/db/queries/trials/commands'
import type { SendResult } from '@/lib/mdm/server'
import type { Witness } from '@/lib/witness/file'
import { rootMessage } from '../shared/failure'
import { findWitnessProblem } from './check-witness'
import { leftBefore } from './sending-stop'
import type { QueueSight } from './server-queue'

/** When a command left before, although the database has it as reserved. */
export type EarlierSend = { because: string; leftAt: Date | undefined }

/**
 * Whether a reserved command has left already, by the witness of this process or by the queue of an MDM
 * server that shows it. Its CommandUUID then never leaves again, whatever the database says.
 */
export async function findEarlierSend(
  db: Db,
  { commandUuid }: Command,
  { witness, queue }: { witness: Witness | undefined; queue: QueueSight },
): Promise<EarlierSend | undefined> {
  if (queue.holdsIt)
    return {
      because:
        'the queue of the MDM server holds it already, and the database does not know that it was sent. It is not sent again',
      leftAt: undefined,
    }
  if (!witness) return undefined
  const { identity } = await readStanding(db)
  const send = sendsOf(witness, identity.lab)?.get(commandUuid)
  return send && { because: leftBefore(send), leftAt: new Date(send.at) }
}

/** One that cannot be read is found by `checkWitness`, which stops all sending. */
function sendsOf(witness: Witness, lab: string) {
  try {
    return witness.read(lab).sends
  } catch {
    return undefined
  }
}

/**
 * Writes down, outside of the database, that a claimed command is about to leave. Questions are not written:
 * one that is sent twice changes nothing on a device, and a flush to the disk for each would slow the lab.
 * @returns what became of the command where it could not be written: nothing leaves then
 */
export async function witnessSend(
  db: Db,
  witness: Witness | undefined,
  command: Command,
  now: Date,
): Promise<SendResult | undefined> {
  if (!witness || command.purpose !== 'intervention') return undefined
  try {
    // The claim was committed to a database that may have gone back since.
    const differs = await findWitnessProblem(db, witness)
    if (differs !== undefined) return { outcome: 'notSent', because: `not sent: ${differs}` }
    const standing = await readStanding(db)
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
      because: `not sent: the witness of sending could not be written (${rootMessage(error)}). Look at the data folder and its disk`,
    }
  }
}

/** The request provably never left, so its CommandUUID may be released again. */
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
    // It stays written down as sent, which holds the device for longer and sends nothing.
  }
}
