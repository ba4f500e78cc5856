import { outcomeWords } from '@/lib/domain/outcome/outcome'
import type { Block, Line, Section } from '@/lib/domain/report/blocks'
import {
  outcomeWaitInfo,
  outcomeWaits,
  unblindings,
  unblindingWords,
} from '@/lib/domain/review/second-reading'
import { actInWords, signatureActs } from '@/lib/domain/signature/signature'
import {
  type DeviationEffect,
  type DeviationKind,
  deviationEffectWords,
  deviationKindWords,
} from '@/lib/domain/trial/deviation'
import { count, facts, muted, quoted, table, time, timeOrUnknown } from './document-words'
import type { TrialReport } from './report-format'

/** The OS before and after, and what was decided. A reply is a claim; this is judged from the OS. */
export function outcomeSection({ outcome, trial }: TrialReport): Section {
  const { decisions, label, explanation } = outcome
  const last = trial.concluded && outcome.outcome !== null ? decisions.at(-1) : undefined
  const earlier = last ? decisions.slice(0, -1) : decisions
  const blocks: Block[] = [
    facts({
      Outcome: [
        { text: label ?? waitingLabel(outcome) ?? 'not decided', strong: true },
        ...(explanation ? [`: ${explanation}`] : []),
      ],
      'OS before': osWords(outcome.startOs, outcome.startBuild, 'nothing was released'),
      'OS after': afterWords(outcome),
      Certainty: last ? certainty(last) : 'unknown: nothing is decided',
      'Decided by': last ? `${last.by}, ${time(last.at)}` : 'nobody',
      'Against the proposal': last ? overruled(outcome) : 'unknown: nothing is decided',
      Reason: last ? (last.reason ?? 'none was given') : 'none',
      'Against the OS before and after': againstWords(outcome.againstBuilds),
      ...(outcome.secondReader && { 'Second reader': secondReaderWords(outcome.secondReader) }),
      ...(trial.closedReason && { 'Why it was closed': trial.closedReason }),
    }),
  ]
  if (last)
    blocks.push(muted(`What the record said, by outcome function ${last.functionVersion}:`), {
      kind: 'list',
      items: last.reasons,
    })
  if (earlier.length > 0)
    blocks.push(
      muted(waitOf(outcome) ? notInForce : 'Earlier decisions, taken back or corrected:'),
      {
        kind: 'list',
        items: earlier.map(decisionWords),
      },
    )
  return { title: 'Outcome', blocks }
}

type Outcome = TrialReport['outcome']

const notInForce = 'Decided by the first reader, and not in force while the two disagree:'

const waitOf = ({ secondReader }: Outcome) =>
  outcomeWaits.find((one) => one === secondReader?.awaits)

function waitingLabel(outcome: Outcome): string | undefined {
  const wait = waitOf(outcome)
  return wait && outcomeWaitInfo[wait].label.toLowerCase()
}

function secondReaderWords(given: NonNullable<Outcome['secondReader']>): string {
  const { reading, openings } = given
  const opened = openings.map(({ by, at }) => `${by} ${time(at)}`).join(', ')
  const before = opened ? `. Opened before the second reading by ${opened}` : ''
  if (!reading) return `nobody yet${before}`
  const unblinding = unblindings.find((one) => one === reading.unblinded)
  const blinded = unblinding ? `not blinded: ${unblindingWords[unblinding]}` : 'blinded'
  const result = reading.agrees ? 'the same as the first' : `the first said “${reading.firstLabel}”`
  return `${reading.by}, ${time(reading.at)}, ${blinded}: “${reading.label}”, ${result}. ${reading.reason}${before}`
}
type Decision = Outcome['decisions'][number]

const osWords = (os: string | null, build: string | null, why: string): string =>
  os === null ? `unknown: ${why}` : `${os} (${build ?? 'build unknown'})`

function afterWords({ end, endOs, endBuild, endSeenAt }: Outcome): string {
  if (end === null) return 'unknown: nothing was sent'
  if (end === 'notSeen') return 'unknown: no OS reading since the command'
  const seen = end === 'changed' ? 'first seen' : 'unchanged, last seen'
  return `${osWords(endOs, endBuild, 'not recorded')}, ${seen} ${timeOrUnknown(endSeenAt)}`
}

function certainty({ certain, proposed }: Decision): string {
  if (certain === null) return 'unknown: it was not kept when this was decided'
  if (proposed === null) return 'no outcome was proposed: a person decided'
  return certain
    ? 'the proposal was certain by the record'
    : 'the proposal was not certain: see what the record said'
}

function overruled({ overruled: yes, decisions }: Outcome): string {
  const proposed = decisions.at(-1)?.proposed
  if (!yes) return 'no, decided as proposed'
  return proposed
    ? `yes: “${outcomeWords(proposed)}” was proposed`
    : 'yes: nothing was proposed yet'
}

const againstWords = (against: boolean | null): string =>
  against === null ? 'unknown' : against ? 'yes: the outcome contradicts the OS' : 'no'

const decisionWords = ({ label, by, at, reason }: Decision): string =>
  `${label}, by ${by} ${time(at)}${reason ? `: ${reason}` : ''}`

/** What the record has of deviations and corrections. */
export function deviationsSection({ deviations, corrections }: TrialReport): Section {
  const title = 'Deviations and corrections'
  const blocks: Block[] = [
    deviations.length === 0
      ? muted('No deviation is recorded.')
      : table(
          { Time: 20, Deviation: 34, Why: 17, Effect: 16, By: 13 },
          deviations.map(deviationRow),
        ),
    corrections.length === 0
      ? muted('Nothing was corrected or taken back.')
      : table(
          { Time: 20, 'Corrected or taken back': 63, By: 17 },
          corrections.map(({ at, words, kind, by }) => [[time(at)], [words || kind], [by]]),
        ),
  ]
  return { title, blocks }
}

function deviationRow({ kind, corrected, ...entry }: TrialReport['deviations'][number]): Line[][] {
  const known = isDeviationKind(kind) ? deviationKindWords[kind] : kind
  const standing = entry.stands ? [] : ['corrected: there was none']
  return [
    [time(entry.at)],
    [
      { text: known, strong: true },
      ...[entry.what, ...standing],
      ...corrected.map(({ what, by }) => `before: ${what} (${by})`),
      ...(entry.reason ? [`corrected: ${entry.reason}`] : []),
    ],
    [entry.why ?? 'unknown: nobody has said'],
    [isDeviationEffect(entry.effect) ? deviationEffectWords[entry.effect] : entry.effect],
    [entry.by],
  ]
}

const isDeviationKind = (kind: string): kind is DeviationKind =>
  Object.hasOwn(deviationKindWords, kind)
const isDeviationEffect = (effect: string): effect is DeviationEffect =>
  Object.hasOwn(deviationEffectWords, effect)

const reviewWords: Record<string, string> = {
  inReview: 'in review: not approved',
  approved: 'approved',
  locked: 'approved and locked',
}

/** The state of the review, and what was asked. */
export function reviewSection({ review }: TrialReport): Section {
  const { state, queries } = review
  const open = queries.filter(({ closed }) => closed === null).length
  const words =
    state === null
      ? 'There is no review: the trial has not ended, or used no baseline.'
      : `The record is ${reviewWords[state] ?? state}. ${count(queries.length, 'query', 'queries')}, ${open} open.`
  const rows = queries.map((query) => [
    [query.label],
    [`${quoted(query.asked.text)}, ${query.asked.by} ${time(query.asked.at)}`],
    query.answers.map(({ text, by, at }) => `${quoted(text)}, ${by} ${time(at)}`),
    [
      query.closed
        ? `closed by ${query.closed.by} ${time(query.closed.at)}: ${query.closed.text}`
        : 'open',
    ],
  ])
  return {
    title: 'Review',
    blocks: [
      { kind: 'text', line: words },
      ...(rows.length > 0 ? [table({ Field: 16, Query: 30, Answers: 30, End: 24 }, rows)] : []),
    ],
  }
}

/** Who signed what, and whether it holds. */
export function signaturesSection({ signatures, protocol }: TrialReport): Section {
  const title = 'Signatures'
  if (signatures.length === 0) return { title, blocks: [muted('Nobody has signed anything.')] }
  const rows = signatures.map((one) => [
    [{ text: one.by, strong: true as const }, one.role],
    [
      actWords(one, protocol),
      `meaning: ${one.meaning}`,
      ...(one.reason ? [quoted(one.reason)] : []),
    ],
    [time(one.at), `by ${one.method}`],
    stateLines(one),
  ])
  return { title, blocks: [table({ Who: 16, What: 30, When: 20, State: 34 }, rows)] }
}

type Signature = TrialReport['signatures'][number]

function actWords({ act, ordinal }: Signature, { commands }: TrialReport['protocol']): string {
  const known = signatureActs.find((one) => one === act)
  if (!known) return act
  if (ordinal === null) return actInWords(known, undefined)
  const isDeclared = commands[ordinal - 1]?.declaration != null
  return actInWords(known, { noun: isDeclared ? 'declaration' : 'command', ordinal })
}

function stateLines({ holds, ended, differences, afterReset, recordSha256 }: Signature): Line[] {
  return [
    { text: holds ? (ended ? 'no longer in force' : 'valid') : 'BROKEN', strong: true },
    ...(ended ? [ended] : []),
    ...differences,
    ...(afterReset ? ['within 24 h after an admin reset the signer’s password'] : []),
    { text: recordSha256, code: true },
  ]
}
