import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Command,
  findCommand,
  insertCommandEvent,
  lockCommand,
  moveCommand,
  updateCommand,
} from '@/lib/db/queries/trials/commands'
import {
  listSeenDeclarations,
  listSeenWithout,
  type SeenDeclaration,
} from '@/lib/db/queries/trials/declaration-evidence'
import {
  type DeclarationStepRow,
  listDeclarationSteps,
  listUnconfirmedDeclarations,
  listUnfinishedRemovals,
  lockRemoval,
  updateRemoval,
} from '@/lib/db/queries/trials/declaration-steps'
import { lockTrial, type Trial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { mayAct } from '@/lib/domain/trial/command-slot'
import { mayArriveUntil, readBackPauseMs } from '@/lib/domain/trial/declaration-step'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import type { Attempt } from '../shared/failure'
import type { MdmServers } from '../shared/mdm-servers'
import { pushCommand } from './push'
import { signedServer } from './release-destination'
import { removalDueAt, removeDeclaration } from './remove-declarations'
import { recordReading } from './send-declaration'
import type { Sending } from './send-due'
import { noDeclarations } from './server-holdings'
import { programEvent } from './settle-command'
import { enforcementOf } from './stored-declaration'

/**
 * Queues what is due about declarations beside sending: reading back what became of an unconfirmed one, and taking back
 * those that are to be removed. It waits in the lane of its MDM server, so that a server that does not answer delays no
 * other.
 * @returns how many it queued
 */
export async function tendDeclarations(sending: Sending, attempt: Attempt): Promise<number> {
  const { db, servers, clock, sends, stopping } = sending
  const settlePausesMs = sending.sending?.settlePausesMs
  const unconfirmed = await listUnconfirmedDeclarations(db)
  const removals = await listUnfinishedRemovals(db)
  const steps = Map.groupBy(
    await listDeclarationSteps(
      db,
      [...unconfirmed, ...removals].map(({ commandUuid }) => commandUuid),
    ),
    ({ commandUuid }) => commandUuid,
  )
  const stepsOf = ({ commandUuid }: Command) => steps.get(commandUuid) ?? []
  const taken = new Set(removals.map(({ commandUuid }) => commandUuid))
  const due = [
    ...removals
      .filter((command) => removalDueAt(command, stepsOf(command)) <= clock())
      .map((command) => ({ command, tend: removeDeclaration })),
    // One that is being taken back is read back by that.
    ...unconfirmed
      .filter((command) => !taken.has(command.commandUuid))
      .filter((command) => readBackDueAt(stepsOf(command)) <= clock())
      .map((command) => ({ command, tend: readBack })),
  ]
  let queued = 0
  for (const { command, tend } of due) {
    if (sends.isBusy(command.mdmServerId)) continue
    queued += 1
    sends.add(command.mdmServerId, async () => {
      if (stopping?.aborted) return
      await attempt(async () => {
        await tend({ db, servers, command, clock, settlePausesMs })
        return 1
      })
    })
  }
  return queued
}

function readBackDueAt(steps: readonly DeclarationStepRow[]): Date {
  const read = steps.filter(({ step }) => step === 'readBack')
  const last = read.at(-1)
  return new Date((last?.at.getTime() ?? 0) + readBackPauseMs(read.length))
}

type ReadBack = {
  db: Db
  servers: MdmServers
  command: Command
  clock: () => Date
  settlePausesMs?: readonly number[] | undefined
}

/**
 * Reads back whether the set of an unconfirmed declaration is attached. If it is, the declaration is queued. If it is
 * not, that proves nothing: the request may still be on its way, or somebody may have detached it since.
 */
async function readBack({ db, servers, command, clock, settlePausesMs }: ReadBack): Promise<void> {
  const read = enforcementOf(command)
  const signed = await signedServer(db, servers, command)
  const server = 'problem' in signed ? undefined : signed.server
  const declarations = server?.declarations
  const whole = { db, command, clock, settlePausesMs }
  if (!read.ok || !server || !declarations) {
    const reason = !read.ok ? read.reason : 'problem' in signed ? signed.problem : noDeclarations
    await recordReading(whole, 'readBack', { ok: false, reason })
    return
  }
  const holds = await declarations.read(read.enforcement)
  const steps = await listDeclarationSteps(db, [command.commandUuid])
  await recordReading(
    whole,
    'readBack',
    holds,
    holds.ok && !holds.attached ? doubt(steps) : undefined,
  )
  if (!holds.ok || !holds.attached) return
  const settled = await settleAsAttached(db, command, clock())
  // Whether the server has told the device is not known either; a notification may be repeated.
  if (settled) await pushCommand(db, server, systemActor, command, clock())
}

function doubt(steps: readonly DeclarationStepRow[]): string {
  const until = mayArriveUntil(steps)
  return until === undefined
    ? 'No request to attach it is on the record. It is not sent on its own; a lead can withdraw it'
    : `That is no proof: the request to attach it may arrive until ${until.toISOString()}, and somebody may have detached it`
}

const settleAsAttached = (db: Db, { commandUuid }: Command, now: Date): Promise<boolean> =>
  onLocked(db, commandUuid, now, async (tx, command, trial) => {
    if (command.state !== 'unconfirmed') return false
    const reason =
      'read back from the server of declarations: the set is attached. Stored is not sent: only what the device fetches or reports shows that it has it'
    await confirmQueued(tx, command, trial, { reason, now })
    return true
  })

/** Runs on the locked device, trial and command, in this order. */
async function onLocked(
  db: Db,
  commandUuid: string,
  now: Date,
  run: (tx: Db, command: Command, trial: Trial | undefined) => Promise<boolean>,
): Promise<boolean> {
  return transact(db, systemActor, async (tx) => {
    const found = await findCommand(tx, commandUuid)
    if (!found) return false
    await lockDeviceRow(tx, found.deviceId)
    const trial = found.trialId === null ? undefined : await lockTrial(tx, found.trialId)
    const command = await lockCommand(tx, commandUuid)
    if (!command || !(await run(tx, command, trial))) return false
    await refreshVerdicts(tx, [command.deviceId], now)
    return true
  })
}

async function confirmQueued(
  tx: Db,
  { commandUuid, slotOrdinal }: Command,
  trial: Trial | undefined,
  { reason, now }: { reason: string; now: Date },
): Promise<void> {
  await moveCommand(tx, commandUuid, ['unconfirmed'], { state: 'queued', reason })
  await insertCommandEvent(tx, programEvent(commandUuid, 'queued', now, reason))
  if (trial?.state !== 'observing') return
  const data = { ordinal: slotOrdinal, commandUuid, state: 'queued' }
  const text = `Declaration ${slotOrdinal} is queued: ${reason}`
  await advanceTrial(tx, trial, { kind: 'recorded', text, data }, systemActor, now)
}

const sawWords: Record<SeenDeclaration['what'], string> = {
  Asked: 'the device has asked for a part of its set',
  Reported: 'the device has reported about the declaration',
}

/**
 * Settles a declaration by what its device did: it knows of the declaration, so its set was attached, whatever its server
 * answered. From now on other commands can go to the device. It says nothing of the installation, which is judged by the OS.
 */
export async function settleByDevice(
  db: Db,
  { commandUuid, at, what }: SeenDeclaration,
  now: Date,
): Promise<boolean> {
  return onLocked(db, commandUuid, now, async (tx, command, trial) => {
    if (command.answeredAt || command.sendingAt === null || !mayAct(command.state)) return false
    const reason = sawWords[what]
    if (command.state === 'unconfirmed') await confirmQueued(tx, command, trial, { reason, now })
    // A report cannot be older than what it is about: the clock of the MDM server is wrong then.
    const answeredAt = at < command.sendingAt ? command.sendingAt : at
    await updateCommand(tx, commandUuid, { answeredAt, answerStatus: what, answerCount: 1 })
    await insertCommandEvent(tx, programEvent(commandUuid, 'answered', now, what))
    return true
  })
}

/**
 * Settles declarations by what their devices did since, and records where a device was seen without one that was taken
 * back.
 * @returns how many declarations that was about
 */
export async function settleBySight(db: Db, now: Date, attempt: Attempt): Promise<number> {
  let settled = 0
  for (const seen of await listSeenDeclarations(db))
    settled += await attempt(async () => ((await settleByDevice(db, seen, now)) ? 1 : 0))
  for (const { commandUuid, at, how } of await listSeenWithout(db))
    settled += await attempt(() =>
      transact(db, systemActor, async (tx) => {
        const removal = await lockRemoval(tx, commandUuid)
        if (!removal || removal.seenGoneAt) return 0
        await updateRemoval(tx, commandUuid, { seenGoneAt: at, seenGoneHow: how })
        return 1
      }),
    )
  return settled
}
