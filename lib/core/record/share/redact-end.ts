import { isBuild, splitVersion } from '@/lib/domain/device/os-version'
import type { TrialReport } from '../report/report-format'
import { type Hider, textLeftOut } from './hide'

// The end of a report: what was seen, decided, deviated from, reviewed and signed.

type Compose = (text: string) => string

/** Only some kinds of observation ask for a version; in the others a person may have typed anything. */
export const isSeenOs = (text: string): boolean =>
  splitVersion(text.trim()) !== undefined || isBuild(text.trim())

export function redactObservation(
  one: TrialReport['observations'][number],
  hide: Hider,
): TrialReport['observations'][number] {
  const { id, kind, label, observedAt, recordedAt, correctsId, correctedById } = one
  const os = Object.entries(one.data).filter(([key]) => key === 'osVersion' || key === 'osBuild')
  const shown = (value: string) =>
    isSeenOs(value) ? hide.scrub(value) : hide.free('OS of an observation', value)
  return {
    ...{ id, kind, label, observedAt, recordedAt, correctsId, correctedById },
    text: hide.free('Observation', one.text),
    data: Object.fromEntries(
      os.map(([key, value]) => [key, typeof value === 'string' ? shown(value) : null]),
    ),
    by: hide.person(one.by),
    reason: hide.freeOrNull('Reason of a correction', one.reason),
  }
}

export function redactOutcome(
  outcome: TrialReport['outcome'],
  composed: Compose,
  hide: Hider,
): TrialReport['outcome'] {
  return {
    ...outcome,
    decisions: outcome.decisions.map((decision) => ({
      ...decision,
      by: hide.person(decision.by),
      reason: hide.freeOrNull('Reason of the outcome', decision.reason),
      reasons: decision.reasons.map(composed),
    })),
    secondReader: outcome.secondReader && redactSecondReader(outcome.secondReader, hide),
  }
}

type SecondReader = NonNullable<TrialReport['outcome']['secondReader']>

const redactSecondReader = ({ awaits, reading, openings }: SecondReader, hide: Hider) => ({
  awaits,
  reading: reading && {
    ...reading,
    by: hide.person(reading.by),
    reason: hide.free('Reason of the second reading', reading.reason),
  },
  openings: openings.map(({ by, at }) => ({ at, by: hide.person(by) })),
})

type Deviation = TrialReport['deviations'][number]

/** What the program recorded has its own words; of a person's everything is a text of theirs. */
export function redactDeviation(one: Deviation, composed: Compose, hide: Hider): Deviation {
  const { kind, corrected } = one
  const entry = ({
    at,
    by,
    what,
    why,
    effect,
    stands,
    reason,
  }: Deviation['corrected'][number]) => ({
    ...{ at, effect, stands, by: hide.person(by) },
    what: kind === 'byHand' ? hide.free('Deviation', what) : composed(what),
    why: hide.freeOrNull('Why there was a deviation', why),
    reason: hide.freeOrNull('Reason of a correction', reason),
  })
  return { kind, ...entry(one), corrected: corrected.map(entry) }
}

export function redactReview(review: TrialReport['review'], hide: Hider): TrialReport['review'] {
  type Entry = TrialReport['review']['queries'][number]['asked']
  const entry = ({ at, by, text }: Entry): Entry => ({
    ...{ at, by: hide.person(by), text: hide.free('Query of the review', text) },
  })
  return {
    state: review.state,
    queries: review.queries.map(({ id, field, label, asked, answers, closed }) => ({
      ...{ id, field, label, asked: entry(asked), answers: answers.map(entry) },
      closed: closed && entry(closed),
    })),
  }
}

/** Where the record is not what was signed. Texts of people may be among the values, so the path alone stays unless it is chosen. */
function redactDifference(difference: string, hide: Hider): string {
  const shown = hide.free('Difference from what was signed', difference)
  const [path = ''] = difference.split(': signed ', 1)
  return shown === textLeftOut ? hide.scrub(`${path}: not what was signed`) : shown
}

type Signature = TrialReport['signatures'][number]

export function redactSignature(one: Signature, composed: Compose, hide: Hider): Signature {
  const { id, act, meaning, role, at, method, ordinal, recordSha256, holds, afterReset } = one
  return {
    ...{ id, act, meaning, role, at, method, ordinal, recordSha256, holds, afterReset },
    by: hide.person(one.by),
    reason: hide.free('Reason of a signature', one.reason),
    differences: one.differences.map((difference) => redactDifference(difference, hide)),
    ended: one.ended === null ? null : composed(one.ended),
  }
}
