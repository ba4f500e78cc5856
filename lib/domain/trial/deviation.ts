import type { TimelineStep } from './timeline-entry'
import type { TrialEventKind } from './trial'

/** How a deviation came into the record: entered by a person, or recorded by the program from other facts of the record. */
const deviationKinds = [
  'byHand',
  'lateStep',
  'stepNotDone',
  'typedReading',
  'redelivery',
  'observationGap',
] as const
export type DeviationKind = (typeof deviationKinds)[number]

export const deviationKindWords: Record<DeviationKind, string> = {
  byHand: 'Recorded by a person',
  lateStep: 'Step done late',
  stepNotDone: 'Step not done',
  typedReading: 'Reading entered by hand',
  redelivery: 'Second delivery',
  observationGap: 'Observation gap',
}

/** What a deviation does to the result; the program judges none. */
export const deviationEffects = ['notJudged', 'none', 'possible', 'unusable'] as const
export type DeviationEffect = (typeof deviationEffects)[number]

export const deviationEffectWords: Record<DeviationEffect, string> = {
  notJudged: 'Not judged yet',
  none: 'No effect on the result',
  possible: 'The result may be affected',
  unusable: 'The result cannot be used',
}

/** What an event `deviated` holds beside its words. */
export type DeviationData = {
  deviation: DeviationKind
  what: string
  /** Empty where nobody has said it yet. */
  why: string
  effect: DeviationEffect
  /** False in a correction that says there was no deviation. */
  stands: boolean
  corrects?: number | undefined
  /** Why it is corrected. */
  reason?: string | undefined
}

export type DeviationEntry = {
  id: number
  at: Date
  byName: string
  what: string
  why: string
  effect: DeviationEffect
  stands: boolean
  /** Why it corrects the entry before it; undefined in the first one. */
  reason: string | undefined
}

/** A deviation: the entry that counts, and those that it corrects, the oldest first. */
export type Deviation = {
  kind: DeviationKind
  entry: DeviationEntry
  corrected: DeviationEntry[]
}

/** The kinds of events that are a deviation. A gap is one by its own event. */
export const deviationEvents = ['deviated', 'observationGap'] as const satisfies TrialEventKind[]

const isOne = ({ kind }: TimelineStep) => deviationEvents.some((one) => one === kind)
const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The deviations in a trial's record, the oldest first. */
export function deviationsOf(events: readonly TimelineStep[]): Deviation[] {
  const rows = events.filter(isOne).toSorted((a, b) => a.id - b.id)
  const correctionOf = new Map(rows.map((row) => [row.data.corrects, row]))
  return rows.flatMap((first) => {
    if (first.data.corrects !== undefined) return []
    const chain = [first]
    for (let next = correctionOf.get(first.id); next; next = correctionOf.get(next.id))
      chain.push(next)
    const entries = chain.map(entryOf)
    const entry = entries.at(-1)
    return entry ? [{ kind: kindOf(first), entry, corrected: entries.slice(0, -1) }] : []
  })
}

/** An event that was written before deviations were entered by hand is of a second delivery. */
const kindOf = ({ kind, data }: TimelineStep): DeviationKind =>
  kind === 'observationGap'
    ? 'observationGap'
    : (deviationKinds.find((one) => one === data.deviation) ?? 'redelivery')

const entryOf = ({ id, at, byName, text, data }: TimelineStep): DeviationEntry => ({
  ...{ id, at, byName },
  what: textIn(data.what) || text.replace(/^Deviation: /, ''),
  why: textIn(data.why),
  effect: deviationEffects.find((one) => one === data.effect) ?? 'notJudged',
  stands: data.stands !== false,
  reason: textIn(data.reason) || undefined,
})
