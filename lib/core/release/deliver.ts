import type { Db } from '@/lib/db/client'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { oldestUnreadAt } from '@/lib/db/queries/events/raw-events'
import { findDurabilityProblem } from '@/lib/db/queries/servers/database-health'
import { readStanding } from '@/lib/db/queries/servers/database-identity'
import {
  type Command,
  findCommand,
  insertCommandEvent,
  lockCommand,
  moveCommand,
} from '@/lib/db/queries/trials/commands'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import type { MdmServer, SendResult } from '@/lib/mdm/server'
import type { Witness } from '@/lib/witness/witness'
import { refreshVerdicts } from '../kernel/judge-device'
import { retryTransient } from '../shared/failure'
import type { MdmServers } from '../shared/mdm-servers'
import { checkWitness, findWitnessProblem } from './check-witness'
import { type ClaimedTrial, claimTrial, markMayHaveLeft } from './claim-trial'
import { pushCommand } from './push'
import { destinationProblem } from './release-destination'
import { sendDeclaration } from './send-declaration'
import { noDeclarations, setsOfTrial } from './server-holdings'
import { type QueueContents, queueProblem, readQueue } from './server-queue'
import { programEvent, settleCommand } from './settle-command'
import { findEarlierSend, witnessNotSent, witnessSend } from './witness-send'

export type DeliverOptions = {
  /** Records outside of the database what is sent; the worker always has one. */
  witness?: Witness | undefined
  /** Milliseconds before each retry of writing how the request ended; about a minute in all by default. */
  settlePausesMs?: readonly number[] | undefined
  /** Once this is aborted, nothing more is claimed. */
  stopping?: AbortSignal | undefined
  /** Called after each request, with how long it took and what became of it: for the monitoring. */
  onSend?: ((ms: number, outcome: SendResult['outcome']) => void) | undefined
  /** Takes over the push after a send, so that the next send need not wait for Apple. */
  later?: ((command: Command, push: () => Promise<void>) => void) | undefined
}

type Unsent =
  | { status: 'notDue' }
  | { status: 'taken' }
  | { status: 'lapsed'; reason: string }
  /** It was sent before the database went back in time, and is unconfirmed now. */
  | { status: 'leftBefore'; reason: string }

export type Delivery = (Unsent | { status: 'sent'; result: SendResult }) & {
  /** Why nothing more should go to this MDM server now: not a byte of an answer came from it. */
  silence?: string
}

/**
 * Sends one reserved command, once. The claim is committed before the request leaves, so whatever crashes
 * afterwards, no process can claim the command again: docs/exactly-once.md.
 */
export async function deliver(
  db: Db,
  servers: MdmServers,
  commandUuid: string,
  clock: () => Date,
  options: DeliverOptions = {},
): Promise<Delivery> {
  const { witness, settlePausesMs, later, onSend } = options
  const reserved = await findCommand(db, commandUuid)
  if (!reserved) throw new Error(`there is no command ${commandUuid}`)
  // Looked at before the queue is: one that falls due in between would be claimed with a queue that nobody has read.
  if (reserved.state === 'reserved' && reserved.holdEndsAt > clock()) return { status: 'notDue' }
  if ((await unreadNow(db, reserved, clock())) === 'fresh') return { status: 'notDue' }
  const queue = await readQueue(db, servers, reserved)
  const claim = await claimWitnessed(db, { ...options, servers, reserved, queue }, clock)
  if (claim.status !== 'claimed') return { ...claim, ...silenceOf(queue.unknown) }
  const { command, server } = claim
  const unwitnessed = await witnessSend(db, witness, command, clock())
  const begun = performance.now()
  const result = unwitnessed ?? (await sendClaimed(db, server, command, clock, settlePausesMs))
  const tookMs = performance.now() - begun
  if (result.outcome === 'notSent' && !unwitnessed)
    await witnessNotSent(db, witness, command, clock())
  // Only this process has the answer: a transient database error must not lose it.
  await retryTransient(() => settleCommand(db, command, result, clock()), settlePausesMs)
  if (!unwitnessed) onSend?.(tookMs, result.outcome)
  if (result.outcome === 'queued' && needsWaking(server, command, result)) {
    const push = () => pushCommand(db, server, systemActor, command, clock())
    if (later) later(command, push)
    else await push()
  }
  return { status: 'sent', result, ...silenceOf(result) }
}

/** An event is read within a second; one that has waited longer cannot be read now, and may wait for ever. */
const unreadWithinMs = 60_000

/**
 * Whether events of the device have arrived that are not read yet: they may say that it is no longer what was released.
 * A command waits for fresh ones, and is not sent if one of them is old. A query changes nothing and waits for none.
 */
async function unreadNow(db: Db, command: Command, now: Date): Promise<'none' | 'fresh' | 'old'> {
  if (command.purpose !== 'intervention' || command.state !== 'reserved') return 'none'
  const oldest = await oldestUnreadAt(db, command)
  if (!oldest) return 'none'
  return now.getTime() - oldest.getTime() < unreadWithinMs ? 'fresh' : 'old'
}

/** The one request of a command, or the steps of a declaration. */
async function sendClaimed(
  db: Db,
  server: MdmServer,
  command: Command,
  clock: () => Date,
  settlePausesMs: readonly number[] | undefined,
): Promise<SendResult> {
  const { commandUuid, enrollmentId, plist, requestType, trialId } = command
  if (requestType !== enforcementType)
    return server.enqueue(enrollmentId, plist, { commandUuid, requestType })
  const { declarations } = server
  if (!declarations) return { outcome: 'notSent', reason: `not sent: ${noDeclarations}` }
  const ownSets = trialId === null ? [] : await setsOfTrial(db, trialId)
  return sendDeclaration({ db, declarations, command, ownSets, clock, settlePausesMs })
}

/** A server of declarations notifies by itself where it has changed something, which it does not say of a repeat (304). */
const needsWaking = (server: MdmServer, { requestType }: Command, { httpStatus }: SendResult) =>
  requestType === enforcementType ? httpStatus === 304 : !server.pushesByItself

const silenceOf = (answer: { reason: string; noAnswer?: true } | undefined) =>
  answer?.noAnswer && { silence: answer.reason }

type Claim = { status: 'claimed'; command: Command; server: MdmServer } | Unsent

type Claiming = Pick<DeliverOptions, 'witness' | 'stopping'> & {
  servers: MdmServers
  reserved: Command
  queue: QueueContents
}

/** The database differs from what the witness remembers; thrown so that the claim is rolled back. */
class WitnessDiffers extends Error {}

/** Claims the command. If the database differs from the witness, all sending is stopped first, and the release lapses. */
async function claimWitnessed(db: Db, claiming: Claiming, clock: () => Date): Promise<Claim> {
  try {
    return await claimCommand(db, claiming, clock())
  } catch (error) {
    if (!(error instanceof WitnessDiffers) || !claiming.witness) throw error
    await checkWitness(db, claiming.witness, clock())
    return claimCommand(db, claiming, clock())
  }
}

async function claimCommand(
  db: Db,
  { servers, reserved, witness, stopping, queue }: Claiming,
  now: Date,
): Promise<Claim> {
  const { commandUuid, deviceId } = reserved
  return transact(db, systemActor, async (tx) => {
    const device = await lockDeviceRow(tx, deviceId)
    if (!device) throw new Error(`command ${commandUuid} has no device`)
    const command = await lockCommand(tx, commandUuid)
    if (!command) throw new Error(`command ${commandUuid} lost its row`)
    const unread = await unreadNow(tx, command, now)
    if (unread === 'fresh') return { status: 'notDue' as const }
    const claimedTrial = await claimTrial(tx, command, device, now)
    if (command.state !== 'reserved') return { status: 'taken' as const }
    if (command.holdEndsAt > now) return { status: 'notDue' as const }
    const earlier = await findEarlierSend(tx, command, { witness, queue })
    if (earlier) {
      await markMayHaveLeft(tx, command, claimedTrial, earlier, now)
      return { status: 'leftBefore' as const, reason: earlier.reason }
    }
    const lapsed =
      (await addressProblem(tx, command, device)) ??
      (unread === 'old' ? unreadWords : undefined) ??
      claimedTrial.problem ??
      queueProblem(queue) ??
      (await findDurabilityProblem(tx))
    if (lapsed !== undefined) return lapse(tx, command, claimedTrial, lapsed, now)
    if (stopping?.aborted) return { status: 'notDue' as const }
    const differs = witness && (await findWitnessProblem(tx, witness, await readStanding(tx)))
    if (differs !== undefined) throw new WitnessDiffers(`not sent: ${differs}`)
    // Before the claim, because a server whose settings are unusable must not use up the command. In this
    // transaction, because it holds the server's row: the client gets the address that was just compared.
    const server = await servers(command.mdmServerId, tx)
    await claimedTrial.begin?.()
    const claimed = await moveCommand(tx, commandUuid, ['reserved'], {
      state: 'sending',
      sendingAt: now,
    })
    if (!claimed) return { status: 'taken' as const }
    await insertCommandEvent(tx, programEvent(commandUuid, 'claimed', now))
    return { status: 'claimed' as const, command: claimed, server }
  })
}

const unreadWords =
  'an event of the device arrived more than a minute ago and is not read yet, so its state is not known'

/** Why the command may not be sent to its address: the device or the MDM server is not the one it was released for. */
async function addressProblem(
  tx: Db,
  command: Command,
  device: DeviceRow,
): Promise<string | undefined> {
  // Byte for byte: an enrollment ID is an address, and a wrong one is another person's device (faults I3).
  if (device.enrollmentId !== command.enrollmentId || device.mdmServerId !== command.mdmServerId)
    return 'the device has another enrollment ID or MDM server than when it was released'
  return destinationProblem(tx, command)
}

/** Ends a command that was not sent, because the device has changed since the release. */
async function lapse(
  tx: Db,
  command: Command,
  trial: ClaimedTrial,
  reason: string,
  now: Date,
): Promise<Claim> {
  await moveCommand(tx, command.commandUuid, ['reserved'], {
    state: 'lapsed',
    settledAt: now,
    reason,
  })
  await insertCommandEvent(tx, programEvent(command.commandUuid, 'lapsed', now, reason))
  await trial.lapse?.(reason)
  await refreshVerdicts(tx, [command.deviceId], now)
  return { status: 'lapsed', reason }
}
