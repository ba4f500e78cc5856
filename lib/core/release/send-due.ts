import type { Db } from '@/lib/db/client'
import {
  deleteServerSilence,
  findServerSilence,
  listServersDue,
  putServerSilence,
} from '@/lib/db/queries/servers/server-checks'
import { type Command, findCommand, listDueCommands } from '@/lib/db/queries/trials/commands'
import { silenceWaitMs } from '@/lib/domain/server/server-check'
import type { MdmServer } from '@/lib/mdm/server'
import type { Attempt } from '../shared/failure'
import type { MdmServers } from '../shared/mdm-servers'
import { type DeliverOptions, deliver } from './deliver'
import type { Lanes } from './send-lanes'

export type Sending = {
  db: Db
  servers: MdmServers
  clock: () => Date
  /** Sends, a lane for each MDM server. */
  sends: Lanes
  /** Pushes, a lane for each MDM server: a push waits for Apple, and a send must not wait for that. */
  pushes: Lanes
  /** Once this is aborted, nothing more is claimed. */
  stopping?: AbortSignal | undefined
  sending?: Pick<DeliverOptions, 'settlePausesMs' | 'witness' | 'onSend'> | undefined
}

/** Lanes for servers that did not answer the last time; the others stay free for servers that do. */
const maxSilentLanes = 8

/**
 * Queues the commands that are due, one after the other in the lane of each MDM server, and does not wait until
 * they are sent. A server whose lane is busy is left for a later round.
 * @returns how many lanes it filled
 */
export async function sendDue(sending: Sending, attempt: Attempt): Promise<number> {
  const { db, clock, sends } = sending
  let [silent, filled] = [0, 0]
  for (const due of await listServersDue(db, clock())) {
    if (due.silent) silent += 1
    if (silent > maxSilentLanes) break
    if (sends.isBusy(due.mdmServerId)) continue
    filled += 1
    sends.add(due.mdmServerId, async () => {
      await attempt(() => sendThrough(sending, due.mdmServerId, attempt))
    })
  }
  return filled
}

/**
 * Sends what is due through one server, until it does not answer.
 * @returns how many it sent
 */
async function sendThrough(
  sending: Sending,
  mdmServerId: string,
  attempt: Attempt,
): Promise<number> {
  const { db, servers, clock, stopping } = sending
  if (!(await answersAgain(db, mdmServerId, await servers(mdmServerId), clock))) return 0
  let sent = 0
  for (const { commandUuid } of await listDueCommands(db, mdmServerId, clock())) {
    if (stopping?.aborted) return sent
    let silence: string | undefined
    sent += await attempt(async () => {
      const later = (command: Command, push: () => Promise<void>) =>
        void pushLater(sending, command, push)
      const options = { ...sending.sending, stopping, later }
      silence = (await deliver(db, servers, commandUuid, clock, options)).silence
      return 1
    })
    if (silence === undefined) continue
    await recordSilence(db, mdmServerId, silence, clock())
    return sent
  }
  return sent
}

/** Queues a push in the lane of the server; it is skipped if the device has answered in the meantime. */
export function pushLater(
  { db, pushes }: Pick<Sending, 'db' | 'pushes'>,
  { commandUuid, mdmServerId }: Pick<Command, 'commandUuid' | 'mdmServerId'>,
  push: () => Promise<unknown>,
): boolean {
  return pushes.add(mdmServerId, async () => {
    const command = await findCommand(db, commandUuid)
    if (command && !command.answeredAt) await push()
  })
}

/** Records that a server did not answer. It is not contacted again until a wait that grows each time is over. */
async function recordSilence(
  db: Db,
  mdmServerId: string,
  reason: string,
  now: Date,
): Promise<void> {
  const nextTryAt = (tries: number) => new Date(now.getTime() + silenceWaitMs(tries))
  await putServerSilence(db, mdmServerId, { at: now, reason, nextTryAt })
}

/**
 * Whether commands may be sent to this server. If it did not answer the last time, its version is requested first,
 * which changes nothing: a command that gets no answer reserves its device until a person decides.
 */
async function answersAgain(
  db: Db,
  mdmServerId: string,
  server: MdmServer,
  clock: () => Date,
): Promise<boolean> {
  const silence = await findServerSilence(db, mdmServerId)
  if (!silence) return true
  if (silence.nextTryAt > clock()) return false
  const version = await server.version()
  if (!version.ok && version.noAnswer) {
    await recordSilence(db, mdmServerId, version.reason, clock())
    return false
  }
  await deleteServerSilence(db, mdmServerId)
  return true
}
