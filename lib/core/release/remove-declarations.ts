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
import { mayBeReleasedAgain, waitsForAnswer } from '@/lib/domain/trial/command-slot'
import {
  isUnanswered,
  maxUnansweredNotifications,
  mayArriveUntil,
  notifyStep,
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
import { isSo, makeStep, recordAnswer, recordReading } from './send-declaration'
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

/** Makes one round of a removal: detaches the set, clears up, and reads back whether that holds. */
export async function removeDeclaration(removing: Removing): Promise<void> {
  const { db, command, clock } = removing
  const there = await serverOf(removing)
  if ('problem' in there) {
    // A round like another: the next one comes after a pause.
    const { problem: reason } = there
    await recordAnswer(removing, 'detachSet', { outcome: 'refused', reason, at: removing.clock() })
    return
  }
  const whole = { ...removing, ...there }
  const before = await listDeclarationSteps(db, [command.commandUuid])
  const detached = await detach(whole, before)
  if (detached === undefined) return
  if (mayNotKnow(command, before, detached) && !(await notifyDevice(whole, before))) return
  // The first one detaches it, which is done.
  for (const step of removalStepsOf(there.enforcement).slice(1))
    if (!isSo(await makeStep(whole, step))) return
  const until = mayArriveUntil(before)
  if (until && clock() < until) return
  const holds = await there.declarations.read(there.enforcement)
  await recordReading(whole, 'readBack', holds)
  const isGone =
    holds.ok && !holds.attached && declarationsOf(holds).every(({ is }) => is === 'absent')
  if (isGone) await finish(db, command, clock())
}

/**
 * Detaches the set quietly, and records that. Only then is the device told: a list that it asks for afterwards cannot be
 * older than the record of what it shows. Where the answer does not tell, what the server holds is read at once.
 * @returns how the set came to be detached; undefined where it is not, or that is not known
 */
async function detach(
  removing: Removing & There,
  before: readonly DeclarationStepRow[],
): Promise<'done' | 'alreadySo' | 'unsure' | undefined> {
  const { db, command, clock, declarations, enforcement } = removing
  const { outcome } = await makeStep(removing, 'detachSet')
  if (outcome === 'refused') return undefined
  if (outcome === 'unsure') {
    const holds = await declarations.read(enforcement)
    await recordReading(removing, 'readBack', holds)
    if (!holds.ok || holds.attached) return undefined
  }
  await recordDetached(db, command, before, clock())
  return outcome
}

/**
 * Whether the device may not have been told that the set is gone: something was detached since it was told last, or the
 * process that detached it has left no record. What provably was never attached is nothing to tell.
 */
function mayNotKnow(
  { state }: Command,
  before: readonly DeclarationStepRow[],
  detached: 'done' | 'alreadySo' | 'unsure',
): boolean {
  if (detached !== 'alreadySo') return true
  const notified = before.findLastIndex(
    (made) => made.step === notifyStep && made.outcome !== 'refused' && !isUnanswered(made),
  )
  const notification = before[notified]
  if (!notification) return !mayBeReleasedAgain(state)
  // Since then an attach may have arrived, and a process may have detached it without leaving a record.
  const until = mayArriveUntil(before)
  if (until && notification.at < until) return true
  return before
    .slice(notified + 1)
    .some(({ step, outcome }) => step === 'detachSet' && ['done', 'unsure'].includes(outcome))
}

/**
 * Has the server tell the device. Whether it could is known by nobody, so a removal does not wait for that.
 * @returns false if the next round has to make the request again: it provably did not arrive, or nothing came back of it
 */
async function notifyDevice(
  removing: Removing & There,
  before: readonly DeclarationStepRow[],
): Promise<boolean> {
  const answer = await removing.declarations.notify(removing.command.enrollmentId)
  await recordAnswer(removing, notifyStep, answer)
  if (!isUnanswered(answer)) return answer.outcome !== 'refused'
  const unanswered = before.filter((made) => made.step === notifyStep && isUnanswered(made))
  return unanswered.length + 1 >= maxUnansweredNotifications
}

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
