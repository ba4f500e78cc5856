import type { TrialReport } from '../report/report-format'
import { createHider, type FreeText, type Hider, type Known } from './hide'
import {
  isSeenOs,
  redactDeviation,
  redactObservation,
  redactOutcome,
  redactReview,
  redactSignature,
} from './redact-end'
import {
  redactArm,
  redactDevice,
  redactProtocol,
  redactStart,
  redactStep,
  redactVerdict,
} from './redact-start'
import { redactCorrection, redactEntry } from './redact-timeline'

export type Redacted = { reports: TrialReport[]; texts: FreeText[] }

/**
 * Reports as strangers may read them: people by their roles, no identifiers of devices, no addresses, and of what people
 * wrote only the texts that were chosen by their IDs. `texts` are all of them, to choose from.
 */
export function redactReports(
  reports: readonly TrialReport[],
  known: Known,
  chosen: ReadonlySet<string>,
): Redacted {
  const hide = createHider(known, chosen)
  return { reports: reports.map((report) => redactReport(report, hide)), texts: hide.texts() }
}

/** Each part is named, so that a new one cannot be shown before somebody has decided how. */
function redactReport(report: TrialReport, hide: Hider): TrialReport {
  const written = textsOfPeople(report)
  const composed = (text: string) => hide.composed(text, written)
  const { format, version, name, mark, readAt, head, checks, serverClock } = report
  return {
    ...{ format, version, name, mark, readAt, head, checks, serverClock },
    trial: redactTrial(report.trial, hide),
    protocol: redactProtocol(report.protocol, hide),
    registration: redactRegistration(report.registration, hide),
    arm: redactArm(report.arm, hide),
    device: redactDevice(report.device, hide),
    startingState: redactStart(report.startingState, hide),
    verdict: redactVerdict(report.verdict, hide),
    waivers: report.waivers.map(({ ruleId, by, reason, at }) => ({
      ...{ ruleId, at, by: hide.person(by), reason: hide.free('Reason of a waiver', reason) },
    })),
    expectedAndSeen: report.expectedAndSeen.map((row) => redactCompared(row, composed, hide)),
    steps: report.steps.map((step) => redactStep(step, hide)),
    commands: report.commands.map((command) => redactCommand(command, hide)),
    timeline: report.timeline.map((entry) => redactEntry(entry, written, hide)),
    replies: report.replies.map((reply) => redactReply(reply, hide)),
    contradictions: report.contradictions.map((one) => ({
      ...one,
      fingerprint: hide.scrub(one.fingerprint),
      observed: hide.scrub(one.observed),
    })),
    observations: report.observations.map((one) => redactObservation(one, hide)),
    outcome: redactOutcome(report.outcome, composed, hide),
    deviations: report.deviations.map((one) => redactDeviation(one, composed, hide)),
    corrections: report.corrections.map((one) => redactCorrection(one, written, hide)),
    review: redactReview(report.review, hide),
    signatures: report.signatures.map((one) => redactSignature(one, composed, hide)),
  }
}

/** Every text of a person that the program repeats inside of its own, the longest first. */
function textsOfPeople(report: TrialReport): string[] {
  const { protocol, registration, steps, observations, deviations, outcome, waivers } = report
  const texts = [
    ...[protocol.title, protocol.expectedOutcome, registration.expectation],
    ...steps.flatMap(({ doThis, lookAt, expect, tick, corrected }) => [
      ...[doThis, lookAt, expect],
      ...[tick, ...corrected].flatMap((one) => [one?.note, one?.reason]),
    ]),
    ...observations.flatMap(({ text, reason, data }) => [text, reason, ...typedOs(data)]),
    ...deviations.flatMap(({ kind, corrected, ...last }) =>
      [last, ...corrected].flatMap(({ what, why, reason }) => [
        ...(kind === 'byHand' ? [what] : []),
        ...[why, reason],
      ]),
    ),
    ...outcome.decisions.map(({ reason }) => reason),
    outcome.secondReader?.reading?.reason,
    ...waivers.map(({ reason }) => reason),
    ...report.signatures.map(({ reason }) => reason),
    ...report.review.queries.flatMap(({ asked, answers, closed }) =>
      [asked, ...answers, closed].map((one) => one?.text),
    ),
    report.trial.closedReason,
  ]
  const written = texts.flatMap((text) => text || [])
  return [...new Set(written)].toSorted((a, b) => b.length - a.length)
}

/** What stands where an observation has its OS, and is none. */
const typedOs = ({ osVersion, osBuild }: TrialReport['observations'][number]['data']): string[] =>
  [osVersion, osBuild].filter((one) => typeof one === 'string').filter((one) => !isSeenOs(one))

function redactTrial(trial: TrialReport['trial'], hide: Hider): TrialReport['trial'] {
  const { id, number, environment, state, concluded, standing, draftedAt, armedAt } = trial
  const { releasedAt, sentAt, deadlineAt, concludedAt } = trial
  return {
    ...{ number, environment, state, concluded, standing, draftedAt, armedAt },
    ...{ releasedAt, sentAt, deadlineAt, concludedAt },
    id: hide.scrub(id),
    draftedBy: hide.person(trial.draftedBy),
    armedBy: hide.personOrNull(trial.armedBy),
    releasedBy: hide.personOrNull(trial.releasedBy),
    closedReason: hide.freeOrNull('Why the trial was closed', trial.closedReason),
  }
}

function redactRegistration(
  { expectation, prediction, sealedAt, sealedBy, sha256 }: TrialReport['registration'],
  hide: Hider,
): TrialReport['registration'] {
  return {
    ...{ prediction, sealedAt, sha256, sealedBy: hide.personOrNull(sealedBy) },
    expectation: hide.free('Expectation of the engineer', expectation),
  }
}

/** Rows in which texts of people stand; the others are the program's own. */
const rowsOfPeople = /^(?:Outcome|What is seen|Step \d+)$/

type Compared = TrialReport['expectedAndSeen'][number]
type Compose = (text: string) => string

function redactCompared(row: Compared, composed: Compose, hide: Hider): Compared {
  const { about, expected, seen, result } = row
  // "done", with time and person, is no note although a note may be the word "done".
  const line = (text: string) =>
    /^(?:not )?done \d/.test(text) ? hide.scrub(text) : composed(text)
  const shown = rowsOfPeople.test(about) ? line : hide.scrub
  return { about, result, expected: expected.map(shown), seen: seen.map(shown) }
}

function redactCommand(
  command: TrialReport['commands'][number],
  hide: Hider,
): TrialReport['commands'][number] {
  const { ordinal, requestType, state, plistSha256, releasedAt, sentAt, answeredAt } = command
  const { answeredAgain, notNow, abandonedAt, answerStatus } = command
  return {
    ...{ ordinal, requestType, state, plistSha256, releasedAt, sentAt, answeredAt },
    ...{ answeredAgain, notNow, abandonedAt },
    answerStatus: answerStatus === null ? null : hide.scrub(answerStatus),
    commandUuid: hide.scrub(command.commandUuid),
    releasedBy: hide.person(command.releasedBy),
    abandonedBy: hide.personOrNull(command.abandonedBy),
    abandonedReason: hide.freeOrNull('Why a command was abandoned', command.abandonedReason),
    withdrawal: command.withdrawal ? redactWithdrawal(command.withdrawal, hide) : null,
  }
}

function redactWithdrawal(
  withdrawal: NonNullable<TrialReport['commands'][number]['withdrawal']>,
  hide: Hider,
): NonNullable<TrialReport['commands'][number]['withdrawal']> {
  const { cause, requestedAt, detachedAt, finishedAt, seenWithoutAt, seenWithoutHow } = withdrawal
  return {
    ...{ cause, requestedAt, detachedAt, finishedAt, seenWithoutAt },
    by: hide.person(withdrawal.by),
    reason:
      cause === 'person'
        ? hide.free('Why a declaration was withdrawn', withdrawal.reason)
        : hide.scrub(withdrawal.reason),
    steps: withdrawal.steps.map(({ at, words }) => ({ at, words: hide.scrub(words) })),
    seenWithoutHow: seenWithoutHow === null ? null : hide.scrub(seenWithoutHow),
  }
}

function redactReply(
  reply: TrialReport['replies'][number],
  hide: Hider,
): TrialReport['replies'][number] {
  const { eventId, at, receivedAt, ordinal, requestType, topic, readState } = reply
  const scrubOrNull = (text: string | null) => (text === null ? null : hide.scrub(text))
  return {
    ...{ eventId, at, receivedAt, ordinal, requestType, topic, readState },
    commandUuid: scrubOrNull(reply.commandUuid),
    status: scrubOrNull(reply.status),
    problem: scrubOrNull(reply.problem),
    says: hide.scrub(reply.says),
    warnings: reply.warnings.map(({ path, note }) => ({ path, note: hide.scrub(note) })),
    contradictions: reply.contradictions.map(hide.scrub),
  }
}
