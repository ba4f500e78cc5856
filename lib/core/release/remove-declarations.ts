import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Command,
  insertCommandEvent,
  lockCommand,
  updateCommand,
} from '@/lib/db/queries/trials/commands'
import {
  type DeclarationStepRow,
  listDeclarationSteps,
  lockRemoval,
  updateRemoval,
} from '@/lib/db/queries/trials/declaration-steps'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { waitsForAnswer } from '@/lib/domain/trial/command-slot'
import {
  mayStillArriveMs,
  readBackPauseMs,
  removalSteps,
  removalStepsOf,
} from '@/lib/domain/trial/declaration-step'
import { isClosed } from '@/lib/domain/trial/trial'
import { declarationsOf, type Enforcement } from '@/lib/mdm/declarations/declaration-server'
import type { MdmServer } from '@/lib/mdm/server'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import type { MdmServers } from '../shared/mdm-servers'
import { holdPlace } from './release-destination'
import { isSo, makeStep, recordReading } from './send-declaration'
import { noDeclarations } from './server-holdings'
import { enforcementOf } from './stored-declaration'

type Removing = {
  db: Db
  servers: MdmServers
  command: Command
  clock: () => Date
  settlePausesMs?: readonly number[] | undefined
}

/**
 * When the next round of a removal is due. The steps may be repeated without harm, so each round makes all of them; while the
 * request to attach may still be on its way, what was removed is looked at once more afterwards.
 */
export function removalDueAt(command: Command, steps: readonly DeclarationStepRow[]): Date {
  const made = steps.filter(({ ordinal, step }) => ordinal > 0 && isRemoval(step))
  const last = steps.at(-1)
  const rounds = made.filter(({ step }) => step === 'detachSet').length
  if (!last || rounds === 0) return new Date(0)
  const arrives = mayArriveUntil(steps)
  if (arrives && arrives > last.at && isComplete(command, made)) return arrives
  return new Date(last.at.getTime() + readBackPauseMs(rounds))
}

const isRemoval = (step: string) => removalSteps.some((one) => one === step)

function isComplete(command: Command, made: readonly DeclarationStepRow[]): boolean {
  const read = enforcementOf(command)
  return removalStepsOf(read.ok ? read.enforcement : {}).every((step) => isSoLast(made, step))
}

const isSoLast = (made: readonly DeclarationStepRow[], step: string): boolean => {
  const last = made.findLast((one) => one.step === step)
  return last !== undefined && isSo({ outcome: last.outcome as 'done' }) // Any other outcome is not so.
}

/**
 * Until when an attach whose answer is not known may still arrive; undefined if its answer is known, or if the set was read
 * back as attached since: it leaves once, so that was it.
 */
export function mayArriveUntil(steps: readonly DeclarationStepRow[]): Date | undefined {
  const last = steps.findLast(({ step }) => step === 'attachSet')
  if (!last || (last.outcome !== 'leaving' && last.outcome !== 'unsure')) return undefined
  const since = steps.slice(steps.indexOf(last) + 1)
  if (since.some(({ step, outcome }) => step === 'readBack' && outcome === 'attached'))
    return undefined
  return new Date(last.at.getTime() + mayStillArriveMs)
}

/** Makes one round of a removal: detaches the set, clears up, and reads back whether that holds. */
export async function removeDeclaration(removing: Removing): Promise<void> {
  const { db, command, clock } = removing
  const there = await serverOf(removing)
  if ('problem' in there) {
    const holds = { ok: false, reason: there.problem } as const
    await recordReading({ ...removing, ...there }, 'readBack', holds)
    return
  }
  const whole = { ...removing, ...there }
  const before = await listDeclarationSteps(db, [command.commandUuid])
  if (!(await detach(whole, before))) return
  for (const step of removalStepsOf(there.enforcement).slice(1)) if (!isSo(await makeStep(whole, step))) return
  const until = mayArriveUntil(before)
  if (until && clock() < until) return
  const holds = await there.declarations.read(there.enforcement)
  await recordReading(whole, 'readBack', holds)
  const isGone =
    holds.ok && !holds.attached && declarationsOf(holds).every(({ is }) => is === 'absent')
  if (isGone) await finish(db, command, clock())
}

/**
 * Detaches the set, and records that. Where the answer does not tell, as the 500 of a NanoHUB that cannot push, what the
 * server holds is read at once: later the device may have asked for its list already, and would not be seen without it.
 * @returns whether the set is detached
 */
async function detach(
  removing: Removing & There,
  before: readonly DeclarationStepRow[],
): Promise<boolean> {
  const { db, command, clock, declarations, enforcement } = removing
  const { outcome } = await makeStep(removing, 'detachSet')
  if (outcome === 'refused') return false
  if (outcome === 'unsure') {
    const holds = await declarations.read(enforcement)
    await recordReading(removing, 'readBack', holds)
    if (!holds.ok || holds.attached) return false
  }
  await recordDetached(db, command, before, clock())
  // The server tells the device nothing where it has changed nothing, as after a request whose answer was lost.
  const mayNotKnow = outcome === 'alreadySo' && wasInDoubt(before)
  if (mayNotKnow || outcome === 'unsure') await declarations.notify(command.enrollmentId)
  return true
}

const wasInDoubt = (steps: readonly DeclarationStepRow[]): boolean =>
  mayArriveUntil(steps) !== undefined ||
  steps.findLast(({ step }) => step === 'detachSet')?.outcome === 'unsure'

type There = { declarations: NonNullable<MdmServer['declarations']>; enforcement: Enforcement }

/** The server that the declaration was released to: the same address; a key that was changed since is used. */
async function serverOf({
  db,
  servers,
  command,
}: Removing): Promise<There | (Pick<There, never> & { problem: string })> {
  const read = enforcementOf(command)
  if (!read.ok) return { problem: read.reason }
  const { enforcement } = read
  return transact(db, systemActor, async (tx) => {
    const now = await holdPlace(tx, command.mdmServerId, 'declaration')
    if (now?.declarations?.url !== command.declarationsUrl)
      return {
        problem: `its declarations are at ${command.declarationsUrl}, and the MDM server's are at ${now?.declarations?.url ?? 'no address'} now`,
      }
    const { declarations } = await servers(command.mdmServerId, tx)
    return declarations ? { declarations, enforcement } : { problem: noDeclarations }
  })
}

/** The server has detached the set. A declaration whose attaching was answered then waits for nothing any more. */
async function recordDetached(
  db: Db,
  { commandUuid, deviceId, trialId }: Command,
  before: readonly DeclarationStepRow[],
  now: Date,
): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await lockDeviceRow(tx, deviceId)
    const trial = trialId === null ? undefined : await lockTrial(tx, trialId)
    const command = await lockCommand(tx, commandUuid)
    const removal = await lockRemoval(tx, commandUuid)
    if (!command || !removal || removal.detachedAt) return
    await updateRemoval(tx, commandUuid, { detachedAt: now })
    if (mayArriveUntil(before) === undefined) await close(tx, command, removal, now)
    if (!trial || isClosed(trial.state)) return
    const text = `Declaration ${command.slotOrdinal} is detached from the device at its server. The device does not know it before its next fetch`
    const data = { ordinal: command.slotOrdinal, commandUuid }
    await advanceTrial(tx, trial, { kind: 'recorded', text, data }, systemActor, now)
  })
}

/** Nothing of it is on the server, and nothing can arrive there any more. */
async function finish(db: Db, { commandUuid, deviceId }: Command, now: Date): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await lockDeviceRow(tx, deviceId)
    const command = await lockCommand(tx, commandUuid)
    const removal = await lockRemoval(tx, commandUuid)
    if (!command || !removal || removal.finishedAt) return
    await updateRemoval(tx, commandUuid, { finishedAt: now })
    await close(tx, command, removal, now)
  })
}

/** Ends the wait for the device, so that it can be used again. */
async function close(
  tx: Db,
  command: Command,
  { byName, reason }: { byName: string; reason: string },
  now: Date,
): Promise<void> {
  if (!waitsForAnswer(command)) return
  const { commandUuid, deviceId } = command
  await updateCommand(tx, commandUuid, {
    withdrawnAt: now,
    withdrawnBy: byName,
    withdrawnReason: reason,
  })
  await insertCommandEvent(tx, { commandUuid, kind: 'withdrawn', at: now, byName, text: reason })
  await refreshVerdicts(tx, [deviceId], now)
}
