import { type ObservationKind, observationInfo } from './observation'
import type { ProtocolStep } from './protocol'
import type { TimelineStep } from './timeline-entry'

/** What an event `stepTicked` holds beside its words: which step, whether it was done, and when by whom ticked it. */
export type TickData = {
  /** From 1. */
  step: number
  done: boolean
  /** ISO 8601. */
  at: string
  note: string
  /** The event that this one corrects, and why. */
  corrects?: number | undefined
  reason?: string | undefined
}

type StoredEvent = Omit<TimelineStep, 'text'>

export type StepTick = {
  id: number
  step: number
  done: boolean
  at: Date
  recordedAt: Date
  byName: string
  note: string
  correctsId: number | undefined
  reason: string | undefined
}

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined
const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined

/** The ticks in a trial's record, in the order in which they were written. */
export function ticksOf(events: readonly StoredEvent[]): StepTick[] {
  return events
    .filter(({ kind }) => kind === 'stepTicked')
    .toSorted((a, b) => a.id - b.id)
    .map(({ id, at, byName, data }) => ({
      id,
      step: numberIn(data.step) ?? 0,
      done: data.done === true,
      at: new Date(textIn(data.at) ?? at),
      recordedAt: at,
      byName,
      note: textIn(data.note) ?? '',
      correctsId: numberIn(data.corrects),
      reason: textIn(data.reason),
    }))
}

/** A step of the protocol with what the record has about it. */
export type BenchStep = {
  /** From 1. */
  ordinal: number
  doThis: string
  lookAt: string | undefined
  expect: string
  expected: readonly ObservationKind[]
  /** The entry that counts; undefined while the step is open. */
  tick: StepTick | undefined
  /** Entries that were corrected, the oldest first. */
  corrected: StepTick[]
  /** What differs between what is expected and what was seen, in words. */
  difference: string | undefined
}

type Seen = { id: number; kind: string; observedAt: Date; correctsId: number | null }
type TrialRecord = { steps: readonly StoredEvent[]; observations: readonly Seen[] }

/**
 * The steps of a protocol, each with its tick and its difference. A sighting belongs to the step that was open when it
 * was seen: after the steps before it were done, and until it was ticked off itself.
 */
export function benchSteps(
  plan: { steps: readonly ProtocolStep[] },
  record: TrialRecord,
): BenchStep[] {
  const ticks = ticksOf(record.steps)
  const seen = standing(record.observations)
  const steps = plan.steps.map(({ doThis, lookAt, expect, sightings = [] }, index) => {
    const own = ticks.filter(({ step }) => step === index + 1)
    return {
      ordinal: index + 1,
      ...{ doThis, lookAt, expect, expected: sightings },
      tick: own.at(-1),
      corrected: own.slice(0, -1),
    }
  })
  const current = currentStep(steps)
  return steps.map((step) => {
    const before = steps.filter(({ ordinal }) => ordinal < step.ordinal)
    const from = Math.max(0, ...before.map(({ tick }) => tick?.at.getTime() ?? 0))
    const until = step.tick?.at.getTime() ?? (step === current ? Number.POSITIVE_INFINITY : 0)
    const within = seen.filter(({ observedAt }) => {
      const at = observedAt.getTime()
      return at > from && at <= until
    })
    return { ...step, difference: differenceOf(step, new Set(within.map(({ kind }) => kind))) }
  })
}

/** The first step that is not ticked off. */
export const currentStep = <S extends Pick<BenchStep, 'tick'>>(
  steps: readonly S[],
): S | undefined => steps.find(({ tick }) => tick === undefined)

const standing = (observations: readonly Seen[]): Seen[] => {
  const corrected = new Set(observations.map(({ correctsId }) => correctsId))
  return observations.filter(({ id }) => !corrected.has(id))
}

/** A text cannot be compared. What is missing is said once the step is done: until then it may still be seen. */
function differenceOf(
  { expected, tick }: Pick<BenchStep, 'expected' | 'tick'>,
  seen: ReadonlySet<string>,
): string | undefined {
  if (expected.length === 0 || tick?.done === false) return undefined
  const named = new Set<string>(expected)
  const others = observationKindsIn(seen).filter((kind) => !named.has(kind) && kind !== 'other')
  const missing = tick ? expected.filter((kind) => !seen.has(kind)) : []
  const words = [
    ...(others.length > 0 ? [`Seen and not expected here: ${sightingWords(others)}.`] : []),
    ...(missing.length > 0 ? [`Expected and not seen: ${sightingWords(missing)}.`] : []),
  ]
  return words.length > 0 ? words.join(' ') : undefined
}

const observationKindsIn = (seen: ReadonlySet<string>): ObservationKind[] =>
  // The keys of the table are its kinds; Object.keys has lost their type.
  (Object.keys(observationInfo) as ObservationKind[]).filter((kind) => seen.has(kind))

/** Sightings in the words of their buttons. */
export const sightingWords = (kinds: readonly ObservationKind[]): string =>
  kinds.map((kind) => observationInfo[kind].label).join(', ')
