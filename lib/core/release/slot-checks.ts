import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findVerdict, insertVerdict } from '@/lib/db/queries/devices/verdicts'
import { findTrialVersion } from '@/lib/db/queries/trials/arms'
import { type Command, findOpenCommand, findSlotCommand } from '@/lib/db/queries/trials/commands'
import { listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import type { Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { mayBeReleasedAgain } from '@/lib/domain/trial/command-slot'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { waitingWords } from '@/lib/domain/trial/release'
import { hashVerdict, verdictDifferences } from '../kernel/judge-device'
import { type Refusal, refused } from '../shared/result'

/** Somebody released the slot already: who and when, shown after a second click, which does nothing else. */
export type AlreadyReleased = { status: 'alreadyReleased'; by: string; at: Date; state: string }
/** The device has changed since the verdict on the screen. */
export type Changed = { status: 'changed'; differences: string[]; verdictId: number }

/** The plan of a trial in its arm. */
export async function planOf(tx: Db, trial: Trial): Promise<ProtocolPlan> {
  const version = await findTrialVersion(tx, trial)
  if (!version) throw new Error(`trial T-${trial.number} has no protocol version`)
  return version.plan
}

export function alreadyReleased(command: Command | undefined): AlreadyReleased | undefined {
  if (!command || mayBeReleasedAgain(command.state)) return undefined
  return {
    status: 'alreadyReleased',
    by: command.reservedByName,
    at: command.reservedAt,
    state: command.state,
  }
}

/** Why this slot cannot be released now; undefined if it is the next one. */
export async function orderProblem(
  tx: Db,
  trial: Trial,
  ordinal: number,
): Promise<string | undefined> {
  if (ordinal === 1)
    return trial.state === 'armed' ? undefined : `the trial is ${trial.state}; arm it first`
  if (trial.state !== 'observing')
    return `the trial is ${trial.state}; a later command or declaration is released while observing`
  const before = await findSlotCommand(tx, trial.id, ordinal - 1)
  if (!before?.sendingAt) return `command ${ordinal - 1} comes first`
  const own = await findSlotCommand(tx, trial.id, ordinal)
  const [takenBack] = own?.sendingAt ? await listRemovals(tx, [own.commandUuid]) : []
  return (
    takenBack && 'its declaration was taken back when the trial ended: it is not released again'
  )
}

/** Why the release has to wait: another command is open on the device, and one is sent at a time. */
export async function openProblem(
  tx: Db,
  device: DeviceRow,
  now: Date,
): Promise<string | undefined> {
  const open = await findOpenCommand(tx, device.id)
  return open && waitingWords(open, now)
}

type Compared = {
  trial: Trial
  device: DeviceRow
  judged: Qualification
  /** The verdict that was on the screen. */
  verdictId: number
  actor: Actor
}

/** Refuses a device that does not qualify or has changed since it was looked at; stores the verdict either way. */
export async function compareWithSeen(
  tx: Db,
  { trial, device, judged, verdictId, actor }: Compared,
  now: Date,
): Promise<{ newVerdictId: number; hash: string } | Changed | Refusal> {
  const seen = await findVerdict(tx, verdictId)
  if (seen?.trialId !== trial.id) return refused('name the verdict that you looked at', 'verdictId')
  const hash = hashVerdict(judged)
  const newVerdictId = await storeVerdict(tx, { trial, device, judged, actor }, 'release')
  if (seen.hash !== hash) {
    const { findings, overall, ruleSetVersion } = seen
    const before = { findings, overall, ruleSetVersion }
    return {
      status: 'changed',
      differences: verdictDifferences(before, judged),
      verdictId: newVerdictId,
    }
  }
  if (judged.overall !== 'qualified')
    return refused('the device does not qualify: the findings say what would make it pass')
  if (seen.staleAt && seen.staleAt <= now)
    return refused('what you looked at has gone stale: query the device')
  return { newVerdictId, hash }
}

export async function storeVerdict(
  tx: Db,
  { trial, device, judged, actor }: Omit<Compared, 'verdictId'>,
  purpose: 'preview' | 'release',
): Promise<number> {
  return insertVerdict(tx, {
    deviceId: device.id,
    trialId: trial.id,
    purpose,
    ruleSetVersion: judged.ruleSetVersion,
    overall: judged.overall,
    findings: judged.findings,
    hash: hashVerdict(judged),
    judgedAt: judged.judgedAt,
    staleAt: judged.staleAt ?? null,
    byId: actor.id,
  })
}
