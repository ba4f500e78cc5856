import { outcomeWaitInfo } from '@/lib/domain/review/second-reading'
import { armAsks, armNamed } from '@/lib/domain/trial/arms'
import { serverClock } from '@/lib/domain/trial/clocks'
import {
  type DeclarationStep,
  notifyStep,
  removalSteps,
  stepOutcomeWords,
  stepWords,
} from '@/lib/domain/trial/declaration-step'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import { describeEnforcementTime, describeSlotAmong } from '@/lib/domain/trial/offered-target'
import { primaryOutcomeOf } from '@/lib/domain/trial/primary-outcome'
import type { SlotPlan } from '@/lib/domain/trial/protocol'
import { timelineOf } from '@/lib/domain/trial/timeline'
import type { TrialState } from '@/lib/domain/trial/trial'
import { timelineReply } from '../reply-words'
import { compareWithExpected } from './compare'
import { type Gathered, iso } from './gathered'
import { reportCorrections, reportDeviations, reportSteps } from './report-bench'
import { reportObservations, reportOutcome } from './report-end'
import type { TrialReport } from './report-format'
import { reportReplies } from './report-replies'
import { reportReview, reportSignatures } from './report-review'
import { reportStartingState, reportVerdict } from './report-start'
import { timelineLine } from './timeline-lines'

/** Builds the report of one trial from its record; the same record always gives the same report. */
export function buildReport(gathered: Gathered): TrialReport {
  const { record, head, readAt } = gathered
  const { trial } = record.view
  return {
    format: 'oneway-trial-report',
    version: 1,
    name: `T-${trial.number}`,
    mark: trial.simulated ? simulatedMark : null,
    readAt: readAt.toISOString(),
    head,
    trial: reportTrialRow(gathered),
    protocol: reportProtocol(gathered),
    registration: {
      expectation: trial.expectation,
      prediction: trial.prediction,
      sealedAt: iso(trial.registeredAt),
      sealedBy: trial.registeredBy,
      sha256: trial.registrationHash,
    },
    arm: reportArm(gathered),
    device: reportDevice(gathered),
    startingState: reportStartingState(record.view),
    verdict: reportVerdict(gathered),
    waivers: record.waivers.map(({ ruleId, by, reason, at }) => ({
      ...{ ruleId, by, reason, at: at.toISOString() },
    })),
    expectedAndSeen: compareWithExpected(gathered),
    steps: reportSteps(record.view),
    commands: reportCommands(gathered),
    serverClock: serverClock(record.view.replies) ?? null,
    timeline: timelineOf({
      ...record.view,
      replies: record.view.replies
        .filter(({ readState }) => readState !== 'duplicate')
        .map(timelineReply),
    }).map(timelineLine),
    ...reportReplies(gathered),
    observations: reportObservations(gathered),
    outcome: reportOutcome(gathered),
    deviations: reportDeviations(gathered),
    corrections: reportCorrections(gathered),
    review: reportReview(gathered),
    signatures: reportSignatures(gathered),
  }
}

const simulatedMark = 'SIMULATED: this trial is of a virtual device and no evidence about real ones'

/** What the state of a trial means for whoever reads its report. */
const standings: Record<TrialState, string> = {
  draft: 'Not concluded: a draft. Nothing was sealed or sent.',
  registered: 'Not concluded: registered. Nothing was sent.',
  armed: 'Not concluded: armed. Nothing was sent.',
  released: 'Not concluded: a command is on hold and may still be cancelled.',
  observing: 'Not concluded: under observation. The record is not complete.',
  concluded: 'Concluded: a person has decided the outcome.',
  withdrawn: 'Not concluded: the trial was withdrawn.',
  void: 'Not concluded: the trial was declared void and does not count.',
  lost: 'Not concluded: the OS changed outside the trial before anything was sent.',
}

function reportTrialRow({ record }: Gathered): TrialReport['trial'] {
  const { trial } = record.view
  const { id, number, state, draftedBy, armedBy, releasedBy, closedReason } = trial
  const { outcomeAwaits } = trial
  return {
    ...{ id, number, state, draftedBy, armedBy, releasedBy, closedReason },
    environment: trial.simulated ? 'simulated' : 'real',
    concluded: state === 'concluded',
    standing:
      outcomeAwaits === null ? standings[state] : outcomeWaitInfo[outcomeAwaits].explanation,
    draftedAt: trial.draftedAt.toISOString(),
    armedAt: iso(trial.armedAt),
    releasedAt: iso(trial.releasedAt),
    sentAt: iso(trial.sentAt),
    deadlineAt: iso(trial.deadlineAt),
    concludedAt: iso(trial.concludedAt),
  }
}

function reportProtocol({ record }: Gathered): TrialReport['protocol'] {
  const { trial, version } = record.view
  const { plan } = version
  const { title, question, slots, expectedOutcome, deadlineMinutes } = plan
  const offers = trial.startingState?.availableUpdates?.value ?? []
  return {
    ...{ title, question, expectedOutcome, deadlineMinutes },
    hypothesis: plan.hypothesis ?? null,
    inclusion: plan.inclusion ?? null,
    exclusion: plan.exclusion ?? null,
    stopRule: plan.stopRule ?? null,
    id: version.protocolId,
    version: version.version,
    versionId: version.id,
    primaryOutcome: primaryOutcomeOf(plan),
    commands: slots.map((slot, index) => ({
      ordinal: index + 1,
      ...reportSlot(slot),
      words: describeSlotAmong(slot, offers),
    })),
  }
}

function reportSlot(slot: SlotPlan) {
  if (!isDeclaration(slot)) {
    const { installAction, productKey = null, productVersion = null } = slot
    return { installAction, productKey, productVersion, declaration: null }
  }
  const { targetVersion, targetBuild = null, detailsUrl = null } = slot
  const when = describeEnforcementTime(slot.when)
  return {
    ...{ installAction: null, productKey: null, productVersion: null },
    declaration: { targetVersion, targetBuild, detailsUrl, when },
  }
}

function reportArm({ record }: Gathered): TrialReport['arm'] {
  const { arm, plan } = record.view.version
  if (!arm) return null
  const { method, reason, stratum, block, position, seedSha256, at, byName } = arm
  const place =
    stratum === null || block === null || position === null || seedSha256 === null
      ? null
      : { stratum, block, position, seedSha256 }
  return {
    ...{ name: arm.arm, asks: armAsks(armNamed(plan, arm.arm)), method, reason, place },
    ...{ at: at.toISOString(), by: byName },
  }
}

function reportDevice({ record }: Gathered): TrialReport['device'] {
  const { device, server } = record.view
  const { id, labTag, name, platform, modelIdentifier, modelName, serial, enrollmentId } = device
  return {
    ...{ id, labTag, name, platform, modelIdentifier, modelName, serial, enrollmentId },
    server: server
      ? { id: server.id, name: server.name, kind: server.kind, storage: server.storage }
      : null,
  }
}

function reportCommands({ record }: Gathered): TrialReport['commands'] {
  const { commands, redelivered } = record.view
  return commands
    .filter(({ purpose }) => purpose === 'intervention')
    .toSorted((a, b) => (a.slotOrdinal ?? 0) - (b.slotOrdinal ?? 0))
    .map((command) => {
      const { commandUuid, requestType, state, plistSha256, answerStatus } = command
      const again = redelivered.find((one) => one.commandUuid === commandUuid)
      return {
        ...{ commandUuid, requestType, state, plistSha256, answerStatus },
        ordinal: command.slotOrdinal,
        releasedAt: command.reservedAt.toISOString(),
        releasedBy: command.reservedByName,
        sentAt: iso(command.sendingAt),
        answeredAt: iso(command.answeredAt),
        answeredAgain: again?.times ?? 0,
        notNow: command.notNowCount,
        abandonedAt: iso(command.withdrawnAt),
        abandonedBy: command.withdrawnBy,
        abandonedReason: command.withdrawnReason,
        withdrawal: reportWithdrawal(record.view, commandUuid),
      }
    })
}

function reportWithdrawal(
  { removals, declarationSteps }: Gathered['record']['view'],
  commandUuid: string,
): TrialReport['commands'][number]['withdrawal'] {
  const removal = removals.find((one) => one.commandUuid === commandUuid)
  if (!removal) return null
  const { cause, requestedAt, byName, reason, detachedAt, finishedAt, seenGoneAt } = removal
  const steps = declarationSteps.filter(
    (one) => one.commandUuid === commandUuid && isOfRemoval(one.step) && one.at >= requestedAt,
  )
  return {
    ...{ cause, requestedAt: requestedAt.toISOString(), by: byName, reason },
    steps: steps.map(({ step, outcome, at }) => ({
      at: at.toISOString(),
      words: `${stepWords[step]}: ${stepOutcomeWords[outcome]}`,
    })),
    ...{ detachedAt: iso(detachedAt), finishedAt: iso(finishedAt) },
    ...{ seenWithoutAt: iso(seenGoneAt), seenWithoutHow: removal.seenGoneHow },
  }
}

const isOfRemoval = (step: DeclarationStep): boolean =>
  [...removalSteps, notifyStep, 'readBack'].some((one) => one === step)
