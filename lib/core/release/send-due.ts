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
  /** Once it is aborted nothing more is claimed. */
  stopping?: AbortSignal | undefined
  sending?: Pick<DeliverOptions, 'settlePausesMs' | 'witness'> | undefined
}

/** Of servers that did not answer the last time; the other lanes are for those that do. */
const silentAtOnce = 8

/**
 * Has what is due sent, and does not wait for it: in the lane of each MDM server one command after the
 * other. A server whose lane is busy gets the rest afterwards. Gives how many lanes it has filled.
 */
export async function sendDue(sending: Sending, attempt: Attempt): Promise<number> {
  const { db, clock, sends } = sending
  let [silent, filled] = [0, 0]
  for (const due of await listServersDue(db, clock())) {
    if (due.silent) silent += 1
    if (silent > silentAtOnce) break
    if (sends.isBusy(due.mdmServerId)) continue
    filled += 1
    sends.add(due.mdmServerId, async () => {
      await attempt(() => sendThrough(sending, due.mdmServerId, attempt))
    })
  }
  return filled
}

/** Sends what is due through one server, until it does not answer; gives how many went out. */
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
      const delivery = await deliver(db, servers, commandUuid, clock, options)
      if (delivery.status === 'sent' && delivery.result.noAnswer) silence = delivery.result.because
      return 1
    })
    if (silence === undefined) continue
    await recordSilence(db, mdmServerId, silence, clock())
    return sent
  }
  return sent
}

/** Pushes in the lane of the server, unless the device has answered before its turn comes. */
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

/** Leaves a server alone that has not answered, for longer each time. */
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
 * Whether commands may go to this server. One that did not answer the last time is asked for its version
 * first, which does nothing: a command that is sent into silence holds its device until a person decides.
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
    await recordSilence(db, mdmServerId, version.because, clock())
    return false
  }
  await deleteServerSilence(db, mdmServerId)
  return true
}
