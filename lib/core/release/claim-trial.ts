import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findVerdictWithHash, insertVerdict } from '@/lib/db/queries/devices/verdicts'
import { getIssueSet } from '@/lib/db/queries/known-issues'
import { findTrialVersion } from '@/lib/db/queries/trials/arms'
import { type Command, insertCommandEvent, moveCommand } from '@/lib/db/queries/trials/commands'
import { lockTrial, type Trial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import { readingFields } from '@/lib/domain/reading/reading'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { commandOf } from '@/lib/domain/trial/arms'
import { enforcementType } from '@/lib/domain/trial/command-slot'
import { releasedName } from '@/lib/domain/trial/mechanism'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { enteredThoughReported } from '@/lib/domain/trial/starting-state'
import { addDeviation } from '../kernel/add-deviation'
import { advanceTrial } from '../kernel/advance-trial'
import {
  hashVerdict,
  judgeDevice,
  refreshVerdicts,
  verdictDifferences,
} from '../kernel/judge-device'
import { lapseKind } from './cancel-release'
import { passedTime, zoneOf } from './stored-declaration'

/** A trial at the moment its command is claimed: why the command may not be sent, and what to record either way. */
export type ClaimedTrial = {
  problem?: string | undefined
  /** Records that the command is sent; `left` is given if that was found out only afterwards. */
  begin?: ((left?: { text: string; sentAt: Date }) => Promise<unknown>) | undefined
  lapse?: ((reason: string) => Promise<unknown>) | undefined
}

/** Judges the locked device once more at the end of the hold. A query changes nothing and is not judged. */
export async function claimTrial(
  tx: Db,
  command: Command,
  device: DeviceRow,
  now: Date,
): Promise<ClaimedTrial> {
  if (command.purpose === 'probe' || command.trialId === null) return {}
  const trial = await lockTrial(tx, command.trialId)
  if (!trial) throw new Error(`command ${command.commandUuid} has no trial`)
  const version = await findTrialVersion(tx, trial)
  const judgedFor = version && commandOf(version.plan, command.slotOrdinal ?? 0)
  if (!judgedFor) throw new Error(`trial T-${trial.number} has no such slot`)
  const first = command.slotOrdinal === 1
  return {
    problem:
      (await problemAtClaim(tx, trial, command, device, now, judgedFor)) ??
      (await timeProblem(tx, command, version.plan, now)),
    begin: async (left) => {
      const begun = await advanceTrial(
        tx,
        trial,
        {
          kind: first ? 'sent' : 'slotSent',
          text: left?.text ?? leavesWords(command),
          data: { ordinal: command.slotOrdinal, commandUuid: command.commandUuid },
          set: first
            ? baselineConsumed(left?.sentAt ?? now, version.plan.deadlineMinutes)
            : undefined,
        },
        systemActor,
        now,
      )
      if (begun) await addEnteredReadings(tx, begun, device, now)
    },
    lapse: (reason) =>
      advanceTrial(
        tx,
        trial,
        {
          kind: lapseKind(trial.state, first),
          text: `${releasedName(command)} was not sent: ${reason}`,
          data: { ordinal: command.slotOrdinal, commandUuid: command.commandUuid },
        },
        systemActor,
        now,
      ),
  }
}

const leavesWords = ({ requestType, slotOrdinal }: Command): string =>
  requestType === enforcementType
    ? `Declaration ${slotOrdinal} leaves for its server; attaching it to the device is the last step, and the point of no return`
    : `Command ${slotOrdinal} leaves for the MDM server: from here on nothing can be taken back`

/** The time of a declaration may pass during its hold. */
async function timeProblem(tx: Db, command: Command, plan: ProtocolPlan, now: Date) {
  if (command.state !== 'reserved' || command.requestType !== enforcementType) return undefined
  const declared = { plan, ordinal: command.slotOrdinal ?? 0, command }
  return passedTime(declared, await zoneOf(tx, command.deviceId), now)
}

/** A reading that the device reports itself was entered by hand: the baseline rests on what a person said. */
async function addEnteredReadings(tx: Db, trial: Trial, { platform }: DeviceRow, now: Date) {
  const known = await getIssueSet(tx)
  const entered = enteredThoughReported(trial.startingState ?? {}, { platform, known })
  if (entered.length === 0) return
  const labels = entered.map((field) => readingFields[field].label).join(', ')
  const what = `Entered by hand in the starting state, although the device reports it: ${labels}`
  await addDeviation(tx, trial, { deviation: 'typedReading', what, about: 'entered readings' }, now)
}

const baselineConsumed = (now: Date, deadlineMinutes: number) => ({
  consumed: true,
  sentAt: now,
  deadlineAt: new Date(now.getTime() + deadlineMinutes * 60_000),
})

async function problemAtClaim(
  tx: Db,
  trial: Trial,
  command: Command,
  device: DeviceRow,
  now: Date,
  plan: Parameters<typeof judgeDevice>[2],
): Promise<string | undefined> {
  if (command.state !== 'reserved' || command.holdEndsAt > now) return undefined
  const expected = command.slotOrdinal === 1 ? 'released' : 'observing'
  if (trial.state !== expected) return `the trial is ${trial.state}`
  const judged = await judgeDevice(tx, device, plan, now, {
    trialId: trial.id,
    commandUuid: command.commandUuid,
  })
  const hash = hashVerdict(judged)
  await insertVerdict(tx, {
    deviceId: device.id,
    trialId: trial.id,
    purpose: 'claim',
    ruleSetVersion: judged.ruleSetVersion,
    overall: judged.overall,
    findings: judged.findings,
    hash,
    judgedAt: judged.judgedAt,
    staleAt: judged.staleAt ?? null,
    byId: systemActor.id,
  })
  if (judged.overall === 'qualified' && hash === command.verdictHash) return undefined
  const what = wrongWords(judged) || (await changedWords(tx, trial.id, command, judged))
  return `when the hold ended the device was no longer what was released: ${what}`
}

const wrongWords = ({ findings }: Qualification): string =>
  findings
    .filter(({ warnOnly, verdict }) => !warnOnly && (verdict === 'fail' || verdict === 'unknown'))
    .map(({ title, reason }) => `${title}: ${reason}`)
    .join('; ')

/** Every rule passes, but not on what was signed: for one, the device's day has become another one. */
async function changedWords(tx: Db, trialId: string, command: Command, judged: Qualification) {
  const signed = await findVerdictWithHash(tx, trialId, command.verdictHash)
  if (!signed) return 'the verdict that was released is not on record'
  const { findings, overall, ruleSetVersion } = signed
  return verdictDifferences({ findings, overall, ruleSetVersion }, judged).join('; ')
}

/**
 * Marks a command as unconfirmed that the database has as reserved and that was sent already. It is never sent
 * again, and its trial counts as begun. The caller has locked the rows of the device and the command.
 * @param leftAt when the witness recorded it as sent; undefined if only the MDM server's queue shows it
 */
export async function markMayHaveLeft(
  tx: Db,
  command: Command,
  trial: ClaimedTrial,
  { reason, leftAt }: { reason: string; leftAt: Date | undefined },
  now: Date,
): Promise<void> {
  const { commandUuid } = command
  const sendingAt = leftAt ?? now
  await trial.begin?.({ text: `${releasedName(command)}: ${reason}`, sentAt: sendingAt })
  await moveCommand(tx, commandUuid, ['reserved'], { state: 'sending', sendingAt })
  await moveCommand(tx, commandUuid, ['sending'], { state: 'unconfirmed', settledAt: now, reason })
  const byName = systemActor.name
  await insertCommandEvent(tx, { commandUuid, kind: 'unconfirmed', at: now, byName, text: reason })
  await refreshVerdicts(tx, [command.deviceId], now)
}
