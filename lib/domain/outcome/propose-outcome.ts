import type { AlarmKind } from '../device/device'
import { exactTime } from '../text/instant'
import { describeGap, overlaps } from '../trial/observation'
import { answersOf, repeatsOf, saysNothingToDo } from './answers'
import {
  describeOs,
  firstSentAt,
  laterOs,
  type OsChange,
  osChangeOf,
  unconfirmedOs,
} from './os-change'
import { proposeChanged } from './outcome-changed'
import {
  inOrder,
  mayHaveArrived,
  type OutcomeEvidence,
  type OutcomeProposal,
  type ReplyEvidence,
} from './outcome-evidence'
import { allRefused, proposeUnchanged, proposeUnusable } from './outcome-unchanged'

/** Changes whenever the same evidence could lead to another proposal; stored with every decision. */
const outcomeFunctionVersion = '2026-11-8'

/**
 * Proposes how a trial ended; a person accepts or overrules it. Replies are claims: only another OS afterwards, read or
 * typed, makes "installed". Until the deadline a missing reply proves nothing, so the trial stays open; after it "no
 * reply" is an outcome.
 */
export function proposeOutcome(evidence: OutcomeEvidence): OutcomeProposal {
  const ordered = inOrder(evidence)
  return { ...withDoubts(ordered, decide(ordered)), functionVersion: outcomeFunctionVersion }
}

function decide(evidence: OutcomeEvidence): Omit<OutcomeProposal, 'functionVersion'> {
  const sent = evidence.slots.filter(({ sentAt }) => sentAt !== undefined)
  const change = osChangeOf(evidence)
  if (change.status === 'changed') return proposeChanged(evidence, change)
  if (sent.length === 0) return open('nothing has been sent yet')
  if (allRefused(sent))
    return {
      outcome: 'voidInfrastructure',
      reasons: ['nothing reached the MDM server'],
      certain: true,
    }
  const unusable = proposeUnusable(evidence)
  if (unusable) return unusable
  if (evidence.now >= evidence.deadlineAt) return proposeUnchanged(evidence, change)
  return open(
    change.status === 'unchanged'
      ? `the device still ran ${describeOs(change.after)} when it was last seen, and the deadline has not passed`
      : 'the OS has not been read since the release was sent, and the deadline has not passed',
  )
}

const open = (reasons: string) => ({ outcome: undefined, reasons: [reasons], certain: false })

type Proposal = Omit<OutcomeProposal, 'functionVersion'>

const timesMore = (times: number) => (times === 1 ? 'once more' : `${times} more times`)

/**
 * Adds the doubts that make any outcome uncertain: an observation gap, a command whose answer is missing or unreadable,
 * a redelivery that was answered differently, and signs that another command or another device was involved. The
 * outcome itself does not change.
 */
function withDoubts(evidence: OutcomeEvidence, proposal: Proposal): Proposal {
  // A trial that is open has no doubts yet, but what a device reports is a reason to query it.
  if (proposal.outcome === undefined)
    return { ...proposal, reasons: [...proposal.reasons, ...claimsOfOs(evidence)] }
  const change = osChangeOf(evidence)
  const changed = change.status === 'changed'
  const until = changed ? change.firstSeenAt : evidence.now
  const repeats = evidence.slots.map(({ replies, ordinal }) =>
    repeatsOf(answersOf(replies), ordinal, changed),
  )
  const counts = evidence.slots.flatMap(({ ordinal, redelivered }) =>
    redelivered ? [`command ${ordinal} was answered ${timesMore(redelivered.times)}`] : [],
  )
  const doubts = [
    ...gapsOver(evidence, until),
    ...missingAnswers(evidence, change),
    ...severalSystems(evidence),
    ...repeatsAfterTonight(evidence, changed),
    ...alarmsOver(evidence, until),
    ...withdrawnBefore(evidence, until, changed),
    ...claimsOfOs(evidence),
  ]
  return {
    ...proposal,
    reasons: [
      ...proposal.reasons,
      ...doubts.filter(isNews(proposal.outcome)),
      ...repeats.flatMap(({ reasons }) => reasons),
      ...counts,
    ],
    certain: proposal.certain && doubts.length === 0 && !repeats.some(({ disagree }) => disagree),
  }
}

/** Gaps between the first command and the first reading of the new OS, or until now if there is none. */
function gapsOver(evidence: OutcomeEvidence, until: Date): string[] {
  const sentAt = firstSentAt(evidence)
  if (sentAt === undefined) return []
  return (evidence.gaps ?? [])
    .filter((gap) => overlaps(gap, sentAt) && gap.beganAt <= until)
    .map((gap) => `${describeGap(gap)}: an answer may have been missed`)
}

const notAnswered = 'has not been answered'

/** Commands without a final answer; a declaration is answered by no device. NotNow counts as an answer, but does not explain an install. */
function missingAnswers({ slots }: OutcomeEvidence, change: OsChange): string[] {
  return slots.filter(mayHaveArrived).flatMap(({ ordinal, replies, installAction }) => {
    if (installAction === undefined) return []
    const { final, counted } = answersOf(replies)
    if (counted.length === 0) return [`command ${ordinal} ${notAnswered}`]
    if (final?.source === 'envelope')
      return [
        `the answer to command ${ordinal} says ${final.status}, and the rest of it is unreadable`,
      ]
    if (final === undefined)
      return change.status === 'changed'
        ? [`command ${ordinal} was only ever answered with NotNow`]
        : []
    return mayFollowInstall(final, change)
      ? [
          `the only answer to command ${ordinal} says "nothing to do": it may answer a redelivery after an install`,
        ]
      : []
  })
}

/** An answer before a reading of the OS at the start cannot follow an install; after the last such reading it can. */
const mayFollowInstall = (final: ReplyEvidence, change: OsChange): boolean =>
  saysNothingToDo(final) && !(change.status === 'unchanged' && final.at < change.after.at)

/** More than one other OS was read: an update outside of the trial, a restore, or a typing error. It is open which one the command installed. */
function severalSystems(evidence: OutcomeEvidence): string[] {
  const two = laterOs(evidence)
  if (!two) return []
  const [first, later] = two.map((os) => `${describeOs(os)} at ${exactTime(os.at)}`)
  return [`the device was seen on ${first} and on ${later}`]
}

const silentOutcomes: readonly OutcomeProposal['outcome'][] = [
  'noReplyDocumented',
  'noReplyUndocumented',
  'voidInfrastructure',
]

/** A declaration that was taken back before the end was seen: something else may have installed, or it was stopped. */
const withdrawnBefore = ({ slots }: OutcomeEvidence, until: Date, changed: boolean): string[] =>
  slots.flatMap(({ ordinal, detachedAt }) =>
    detachedAt !== undefined && detachedAt <= until
      ? [
          `declaration ${ordinal} was withdrawn, and detached at its server at ${exactTime(detachedAt)}${changed ? ': it is not known whether it installed what was seen since' : ''}`,
        ]
      : [],
  )

/** A status report says what nothing has confirmed. */
function claimsOfOs(evidence: OutcomeEvidence): string[] {
  const claimed = unconfirmedOs(evidence)
  return claimed
    ? [
        `a status report said at ${exactTime(claimed.at)} that the device runs ${describeOs(claimed)}, which nothing has confirmed: query the device`,
      ]
    : []
}

/** Leaves out "not answered" for outcomes that say so themselves. */
const isNews = (outcome: OutcomeProposal['outcome']) => (doubt: string) =>
  !(silentOutcomes.includes(outcome) && doubt.endsWith(notAnswered))

/** A redelivery after "tonight" was chosen starts the install, as a further command does (radar 45414727). */
function repeatsAfterTonight({ slots, observations }: OutcomeEvidence, changed: boolean): string[] {
  const chosen = observations.findLast(({ kind }) => kind === 'choseTonight')
  if (!chosen || !changed) return []
  return slots
    .filter(
      ({ replies, redelivered }) =>
        answersOf(replies).redelivered.some(({ at }) => at > chosen.at) ||
        (redelivered !== undefined && redelivered.lastAt > chosen.at),
    )
    .map(
      ({ ordinal }) =>
        `command ${ordinal} was delivered again after "tonight" was chosen, which may have started the install`,
    )
}

/** Redeliveries are judged by their answers instead, see `repeatsOf`. */
const alarmDoubts: Record<AlarmKind, string | undefined> = {
  foreignUpdate:
    'the device answered an update command that Oneway did not send, which may have started the install',
  identity: 'the device reported another identity, so later replies may be from another device',
  databaseWentBack:
    'the database lost part of the record, so a command of that time may be missing',
  redelivered: undefined,
}

function alarmsOver({ alarms = [] }: OutcomeEvidence, until: Date): string[] {
  return alarms.flatMap(({ kind, at }) => {
    const doubt = alarmDoubts[kind]
    // A foreign command may have been answered long after it took effect.
    const counts = kind !== 'identity' || at <= until
    return doubt !== undefined && counts ? [`${exactTime(at)}: ${doubt}`] : []
  })
}
