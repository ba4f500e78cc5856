import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Command,
  findCommand,
  insertCommandEvent,
  lockCommand,
  moveCommand,
} from '@/lib/db/queries/trials/commands'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { enforcementType, waitsForAnswer } from '@/lib/domain/trial/command-slot'
import type { DeviceQueue, QueueList } from '@/lib/mdm/server'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { refreshVerdicts } from '../kernel/judge-device'
import { proofRefusal } from '../kernel/sign'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { signedServer } from './release-destination'
import { readHoldings } from './server-holdings'
import { type WithdrawCommand, withdrawCommand } from './withdraw-command'

/**
 * A command that waits for its device, and the queue of the MDM server it was released for. Otherwise a refusal
 * that says why the queue can neither be read nor emptied for this command.
 */
async function findWaitingCommand(
  db: Db,
  servers: MdmServers,
  commandUuid: string,
  noQueue: string,
): Promise<{ command: Command; queue: DeviceQueue } | Refusal> {
  const command = await findCommand(db, commandUuid)
  if (!command) return refused('There is no such command.')
  if (command.state === 'sending')
    return refused('It is being sent right now: wait until the MDM server has answered.')
  if (!waitsForAnswer(command))
    return refused(`The command is ${command.state}: it is not waiting for the device.`)
  const signed = await signedServer(db, servers, command)
  if ('problem' in signed) return refused(`The MDM server was not contacted: ${signed.problem}.`)
  const { queue } = signed.server
  return queue ? { command, queue } : refused(noQueue)
}

const cannotEmpty = 'This MDM server cannot empty a queue.'
const cannotShow =
  'This MDM server cannot show its queue. The answer of the device settles the command, or a lead abandons it.'

export type LookedUp = { status: 'found' | 'notFound' }

/**
 * Looks for a command in the queue of its device, if the MDM server shows queues. An unconfirmed command that is
 * found there is settled as queued, with the server's answer as evidence. A command that is not found proves
 * nothing: it may have been delivered, deferred by NotNow, or never have arrived.
 */
export async function lookUpQueue(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: { commandUuid: string },
  clock: () => Date,
): Promise<LookedUp | Refusal> {
  const no = forbidden(actor, 'askDevice')
  if (no) return no
  const found = await findWaitingCommand(db, servers, input.commandUuid, cannotShow)
  if ('status' in found) return found
  const { command, queue } = found
  const list = await queue.list(command.enrollmentId)
  if (!list.ok) return refused(`The queue could not be read: ${list.reason}.`)
  return record(db, actor, command, list, clock())
}

async function record(
  db: Db,
  actor: Actor,
  { commandUuid, deviceId }: Command,
  list: Extract<QueueList, { ok: true }>,
  now: Date,
): Promise<LookedUp> {
  const found = list.commandUuids.includes(commandUuid)
  return transact(db, actor, async (tx) => {
    await lockDeviceRow(tx, deviceId)
    const command = await lockCommand(tx, commandUuid)
    await insertCommandEvent(tx, {
      commandUuid,
      kind: found ? 'foundInQueue' : 'notFoundInQueue',
      at: now,
      byName: actor.name,
      text: found
        ? 'The queue of the MDM server holds it'
        : 'The queue of the MDM server does not show it, which proves nothing',
      data: { answer: list.body, commandUuids: list.commandUuids },
    })
    if (found && command?.state === 'unconfirmed') {
      const reason = `${actor.name} found it in the queue of the MDM server`
      await moveCommand(tx, commandUuid, ['unconfirmed'], { state: 'queued', reason })
      await refreshVerdicts(tx, [deviceId], now)
    }
    return { status: found ? ('found' as const) : ('notFound' as const) }
  })
}

/**
 * Empties the queue of a command's device and withdraws the command, if the MDM server can empty a queue. It
 * removes every command that was not delivered yet, also those of other programs; nothing is removed from the
 * device. The attempt is on the record before it is made, and if it fails the command is not withdrawn.
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
  const found = await findWaitingCommand(db, servers, input.commandUuid, cannotEmpty)
  if ('status' in found) return found
  const { command, queue } = found
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
    await note('queueNotCleared', `${doubt}: ${cleared.reason}`)
    return refused(`${doubt}: ${cleared.reason}. The command still waits.`)
  }
  await note('queueCleared', 'The MDM server emptied the queue of the device', {
    answer: cleared.body,
  })
  return withdrawCommand(db, actor, { commandUuid, reason, proofId }, clock())
}

/** What the MDM server's queue for a device shows before a command is sent to it. */
export type QueueContents = {
  /** Of a declaration: why it may not be attached beside what its server holds. */
  problem?: string | undefined
  hasCommand: boolean
  otherUpdates: readonly string[]
  /** Why it is not known what the queue holds, where the server shows queues; `noAnswer` if not a byte of an answer came. */
  unknown?: { reason: string; noAnswer?: true } | undefined
}

const notShown: QueueContents = { hasCommand: false, otherUpdates: [] }

/**
 * Asks the MDM server, if it shows queues, whether it already has this due command or another update command for
 * the device. If it does not answer that, it is unknown, and nothing may be sent on it. A server other than the one the
 * command was released for is not contacted: the claim lapses the release then.
 */
export async function readQueue(
  db: Db,
  servers: MdmServers,
  command: Command,
): Promise<QueueContents> {
  const { purpose, state, serverKind, requestType } = command
  if (requestType === enforcementType)
    return { ...notShown, ...(await readHoldings(db, servers, command)) }
  if (!serverKind || !serverTraits[serverKind].showsQueue) return notShown
  if (purpose !== 'intervention' || state !== 'reserved') return notShown
  const signed = await signedServer(db, servers, command)
  if ('problem' in signed || !signed.server.queue) return notShown
  const list = await signed.server.queue.list(command.enrollmentId)
  if (!list.ok) return { ...notShown, unknown: list }
  const { commandUuid } = command
  return {
    hasCommand: list.commandUuids.includes(commandUuid),
    otherUpdates: list.updateUuids.filter((uuid) => uuid !== commandUuid),
  }
}

/** Why nothing may be sent while another update command is queued, or may be: the device would get two. */
export function queueProblem(queue: QueueContents): string | undefined {
  const { otherUpdates, unknown, problem } = queue
  if (problem !== undefined) return problem
  if (unknown !== undefined)
    return `the MDM server did not show its queue for the device (${unknown.reason}), so it is unknown whether another update command waits there. Release again once it answers`
  if (otherUpdates.length === 0) return undefined
  return `another update command waits for the device in the queue of the MDM server: ${otherUpdates.join(', ')}. Look where it came from, and empty the queue`
}
