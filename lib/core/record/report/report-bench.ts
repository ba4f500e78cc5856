import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { type DeviationEntry, deviationsOf } from '@/lib/domain/trial/deviation'
import { observationLabel } from '@/lib/domain/trial/observation'
import { benchSteps, type StepTick } from '@/lib/domain/trial/step-tick'
import type { TrialEventKind } from '@/lib/domain/trial/trial'
import { type Gathered, iso } from './gathered'
import type { TrialReport } from './report-format'

/** The steps of the protocol, each with who ticked it off when. */
export function reportSteps(view: TrialView): TrialReport['steps'] {
  return benchSteps(view.version.plan, view).map((step) => ({
    ...{ ordinal: step.ordinal, doThis: step.doThis, lookAt: step.lookAt ?? null },
    ...{ expect: step.expect, sightings: [...step.expected] },
    tick: step.tick ? tickOf(step.tick) : null,
    corrected: step.corrected.map(tickOf),
    difference: step.difference ?? null,
  }))
}

const tickOf = ({ done, at, recordedAt, byName, note, reason }: StepTick) => ({
  ...{ done, at: at.toISOString(), recordedAt: recordedAt.toISOString(), by: byName, note },
  reason: reason ?? null,
})

/** Deviations that people and the program recorded; the oldest first. */
export const reportDeviations = ({ record }: Gathered): TrialReport['deviations'] =>
  deviationsOf(record.view.steps).map(({ kind, entry, corrected }) => ({
    kind,
    ...entryOf(entry),
    corrected: corrected.map(entryOf),
  }))

const entryOf = ({ at, byName, what, why, effect, stands, reason }: DeviationEntry) => ({
  ...{ at: iso(at) ?? '', by: byName, what, why: why || null, effect, stands },
  reason: reason ?? null,
})

/** Steps of a trial that took something back, or ended without it. */
const takenBack: readonly TrialEventKind[] = [
  ...(['releaseCancelled', 'releaseLapsed', 'slotReleaseCancelled'] as const),
  ...(['slotReleaseLapsed', 'notSent', 'reopened', 'outcomeCorrected'] as const),
]

/** What was corrected or taken back; the oldest first. Corrected steps and deviations are with their own. */
export function reportCorrections({ record }: Gathered): TrialReport['corrections'] {
  const { steps, observations } = record.view
  const events = steps
    .filter(({ kind }) => takenBack.includes(kind))
    .map(({ at, kind, text, byName }) => ({ at: at.toISOString(), kind, words: text, by: byName }))
  const corrections = observations.flatMap((one) => {
    const old = observations.find(({ id }) => id === one.correctsId)
    if (!old) return []
    const words = `“${observationLabel(old.kind)}” corrected to “${observationLabel(one.kind)}”: ${one.reason ?? ''}`
    return [{ at: one.recordedAt.toISOString(), kind: 'observation', words, by: one.byName }]
  })
  return [...events, ...corrections].toSorted((a, b) => a.at.localeCompare(b.at))
}
