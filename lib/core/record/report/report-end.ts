import {
  isAgainstEnd,
  type Outcome,
  outcomeInfo,
  outcomes,
  outcomeWords,
} from '@/lib/domain/outcome/outcome'
import { observationLabel } from '@/lib/domain/trial/observation'
import { type Gathered, iso } from './gathered'
import type { TrialReport } from './report-format'

/** What people saw, corrected entries too. */
export function reportObservations({ record }: Gathered): TrialReport['observations'] {
  const { observations } = record.view
  return observations.map((one) => {
    const { id, kind, text, data, byName, correctsId, reason } = one
    return {
      ...{ id, kind, text, data, correctsId, reason, by: byName },
      label: observationLabel(kind),
      observedAt: one.observedAt.toISOString(),
      recordedAt: one.recordedAt.toISOString(),
      correctedById: observations.find((other) => other.correctsId === id)?.id ?? null,
    }
  })
}

type Sighting = Pick<TrialReport['observations'][number], 'kind' | 'text' | 'data'>

/** A sighting with what was entered for it, such as "New OS seen: 12.1 (16B92)". */
export function sightingInWords({ kind, text, data }: Sighting): string {
  const { osVersion, osBuild } = data
  const build = typeof osBuild === 'string' && osBuild !== '' ? ` (${osBuild})` : ''
  const os = typeof osVersion === 'string' ? `${osVersion}${build}` : build.trim()
  const entered = [os, text].filter((part) => part !== '').join('; ')
  return [observationLabel(kind), entered].filter((part) => part !== '').join(': ')
}

const known = (name: string | null): Outcome | undefined => outcomes.find((one) => one === name)
/** The OS before and after, and what was decided by whom. */
export function reportOutcome({ record, decisions, end }: Gathered): TrialReport['outcome'] {
  const { trial } = record.view
  const outcome = known(trial.outcome)
  return {
    startOs: trial.startOs,
    startBuild: trial.startBuild,
    end: end?.state ?? null,
    endOs: trial.endOs ?? end?.os ?? null,
    endBuild: trial.endBuild ?? end?.build ?? null,
    endSeenAt: iso(trial.endSeenAt ?? end?.lastSeenAt),
    outcome: trial.outcome,
    label: trial.outcome === null ? null : outcomeWords(trial.outcome),
    explanation: outcome ? outcomeInfo[outcome].explanation : null,
    overruled: trial.overruled,
    againstBuilds: outcome && end?.state ? isAgainstEnd(outcome, end.state) : null,
    decisions: decisions.map(({ decided, byName, at, proposed, certain, ...one }) => ({
      ...{ outcome: decided, label: outcomeWords(decided), by: byName, at: at.toISOString() },
      ...{ proposed, certain, reasons: one.reasons, reason: one.reason },
      functionVersion: one.functionVersion,
    })),
    secondReader: reportSecondReader(record),
  }
}

function reportSecondReader({
  view,
  secondReading,
  openings,
}: Gathered['record']): TrialReport['outcome']['secondReader'] {
  if (!view.version.plan.secondReader) return null
  const { outcomeAwaits } = view.trial
  return {
    awaits: outcomeAwaits,
    reading: secondReading
      ? {
          ...{ outcome: secondReading.outcome, label: outcomeWords(secondReading.outcome) },
          ...{ first: secondReading.first, firstLabel: outcomeWords(secondReading.first) },
          ...{ reason: secondReading.reason, by: secondReading.byName },
          ...{ at: secondReading.at.toISOString(), agrees: secondReading.agrees },
          unblinded: secondReading.unblindedBy,
        }
      : null,
    openings: openings.map(({ byName, at }) => ({ by: byName, at: at.toISOString() })),
  }
}
