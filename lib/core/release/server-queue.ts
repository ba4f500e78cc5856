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
import type { Actor } from '@/lib/domain/account/actor'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { waitsForAnswer } from '@/lib/domain/trial/command-slot'
import type { QueueList } from '@/lib/mdm/server'
import { serverTraits } from '@/lib/mdm/server-kinds'
import { refreshVerdicts } from '../kernel/judge-device'
import { proofRefusal } from '../kernel/sign'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { signedServer } from './destination'
import { type WithdrawCommand, withdrawCommand } from './withdraw-command'

/** Why nothing can be looked up or taken back for a command; undefined where it waits with its server. */
function whyNotWaiting(command: Command | undefined): string | undefined {
  if (!command) return 'There is no such command.'
  if (command.state === 'sending') return 'It is leaving at this moment: wait until it has settled.'
  return waitsForAnswer(command)
    ? undefined
    : `The command is ${command.state}: nothing waits for the device.`
}

const noQueue =
  'This MDM server has no way to look into a queue. The answer of the device settles it, or a lead gives it up.'

export type LookedUp = { status: 'found' | 'notFound' }

/**
 * Looks for a command in the queue of its device, where the MDM server shows queues. What is
 * there settles an unconfirmed command as queued, with the answer as evidence. What is not there proves
 * nothing: it may have been handed out, or put off, or never have come.
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
  const command = await findCommand(db, input.commandUuid)
  const not = whyNotWaiting(command)
  if (!command || not) return refused(not ?? 'There is no such command.')
  const signed = await signedServer(db, servers, command)
  if ('problem' in signed) return refused(`Nothing was asked of the MDM server: ${signed.problem}.`)
  const { queue } = signed.server
  if (!queue) return refused(noQueue)
  const list = await queue.list(command.enrollmentId)
  if (!list.ok) return refused(`The queue could not be read: ${list.because}.`)
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
      const because = `${actor.name} found it in the queue of the MDM server`
      await moveCommand(tx, commandUuid, ['unconfirmed'], { state: 'queued', because })
      await refreshVerdicts(tx, [deviceId], now)
    }
    return { status: found ? ('found' as const) : ('notFound' as const) }
  })
}

/**
 * Empties the queue of a command's device and gives the command up, where the MDM server can.
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

/** What the queue of a device shows before a command is sent to it. */
export type QueueSight = { holdsIt: boolean; otherUpdates: readonly string[] }

const unseen: QueueSight = { holdsIt: false, otherUpdates: [] }

/**
 * Asks the MDM server, where it shows queues, whether it has this command that is due, or another one that updates
 * the device; one that does not answer tells nothing. A server that is not where the command was released to is
 * asked nothing: the claim lapses then.
 */
export async function lookIntoQueue(
  db: Db,
  servers: MdmServers,
  command: Command,
  now: Date,
): Promise<QueueSight> {
  const { purpose, state, holdEndsAt, serverKind } = command
  if (!serverKind || !serverTraits[serverKind].showsQueue) return unseen
  if (purpose !== 'intervention' || state !== 'reserved' || holdEndsAt > now) return unseen
  const signed = await signedServer(db, servers, command)
  if ('problem' in signed || !signed.server.queue) return unseen
  const list = await signed.server.queue.list(command.enrollmentId)
  if (!list.ok) return unseen
  const { commandUuid } = command
  return {
    holdsIt: list.commandUuids.includes(commandUuid),
    otherUpdates: list.updateUuids.filter((uuid) => uuid !== commandUuid),
  }
}

/** Why nothing may be sent beside what waits already: the device would get two updates. */
export function queueProblem({ otherUpdates }: QueueSight): string | undefined {
  if (otherUpdates.length === 0) return undefined
  return `another update command waits for the device in the queue of the MDM server: ${otherUpdates.join(', ')}. Look where it came from, and empty the queue`
}
