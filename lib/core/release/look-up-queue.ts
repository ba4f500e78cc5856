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
import type { QueueList } from '@/lib/mdm/server'
import { refreshVerdicts } from '../kernel/judge-device'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { signedServer } from './signed-server'

/** Why nothing can be looked up or taken back for a command; undefined where it waits with its server. */
export function whyNotWaiting(command: Command | undefined): string | undefined {
  if (!command) return 'There is no such command.'
  if (command.state === 'sending') return 'It is leaving at this moment: wait until it has settled.'
  const waits =
    ['queued', 'unconfirmed'].includes(command.state) && !command.answeredAt && !command.withdrawnAt
  return waits ? undefined : `The command is ${command.state}: nothing waits for the device.`
}

const noQueue =
  'This MDM server has no way to look into a queue. The answer of the device settles it, or a lead gives it up.'

export type LookedUp = { status: 'found' | 'notFound' }

/**
 * Looks for a command in the queue of its device, where the MDM server shows queues (MicroMDM). What is
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
