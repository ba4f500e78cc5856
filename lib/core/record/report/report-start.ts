import type { TrialView } from '@/lib/db/queries/trials/trial-view'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import {
  isNotApplicable,
  type ReadingField,
  readingFieldNames,
  readingFields,
} from '@/lib/domain/reading/reading'
import type { Finding } from '@/lib/domain/rules/rule'
import { factLines } from '@/lib/domain/trial/starting-facts'
import type { Gathered } from './gathered'
import type { TrialReport } from './report-format'

type StartingReading = NonNullable<TrialReport['startingState']>['readings'][number]

/** The readings frozen at the release, every field of a device's state; null while nothing was released. */
export function reportStartingState(view: TrialView): TrialReport['startingState'] {
  const { startingState, startingFacts, releasedAt, startOs, startBuild } = view.trial
  if (!startingState || !releasedAt) return null
  return {
    frozenAt: releasedAt.toISOString(),
    os: startOs,
    build: startBuild,
    readings: readingFieldNames.map((field) => ({
      ...{ field, label: readingFields[field].label },
      ...said(field, view),
      ...origin(field, view, releasedAt),
    })),
    facts: startingFacts && factLines(startingFacts),
  }
}

function said(
  field: ReadingField,
  { trial, device }: TrialView,
): Pick<StartingReading, 'status' | 'value' | 'words'> {
  const reading = trial.startingState?.[field]
  if (isNotApplicable(field, device.platform))
    return { status: 'notApplicable', value: null, words: 'not applicable' }
  if (!reading) return { status: 'unknown', value: null, words: 'unknown: never read' }
  const { value, unknownReason } = reading
  if (value === undefined)
    return { status: 'unknown', value: null, words: `unknown: ${unknownReason ?? 'not reported'}` }
  // A reading carries the value of its own field; the union has lost which.
  return { status: 'known', value, words: describeReading(field, value as never, reading.source) }
}

function origin(
  field: ReadingField,
  { trial }: TrialView,
  releasedAt: Date,
): Pick<StartingReading, 'source' | 'by' | 'askedAt' | 'answeredAt' | 'ageSeconds'> {
  const reading = trial.startingState?.[field]
  if (!reading) return { source: null, by: null, askedAt: null, answeredAt: null, ageSeconds: null }
  const { source, by, askedAt, answeredAt, ageUnknown } = reading
  const age = Math.round((releasedAt.getTime() - Date.parse(answeredAt)) / 1000)
  return {
    ...{ source, by: by ?? null, askedAt: askedAt ?? null },
    // A file without a time: `answeredAt` is only when it was imported.
    answeredAt: ageUnknown ? null : answeredAt,
    ageSeconds: ageUnknown ? null : age,
  }
}

/** The verdict as it was stored, with each rule, its inputs and its sources. */
export function reportVerdict({ verdict, record }: Gathered): TrialReport['verdict'] {
  if (!verdict) return null
  const { id, overall, ruleSetVersion, judgedAt, hash, findings } = verdict
  return {
    ...{ id, overall, ruleSet: ruleSetVersion, judgedAt: judgedAt.toISOString(), hash },
    ofRelease: record.view.trial.verdictId === id,
    findings: findings.map(reportFinding),
  }
}

const reportFinding = (finding: Finding) => {
  const { ruleId, title, kind, verdict, reason, warnOnly, waived, inputs, cites } = finding
  return {
    ...{ ruleId, title, kind, verdict, reason, warnOnly, waived: waived ?? null },
    inputs: inputs.map(({ label, value, source, answeredAt }) => ({
      ...{ label, value, source: source ?? null, answeredAt: answeredAt ?? null },
    })),
    cites: cites.map(({ label, url }) => ({ label, url })),
  }
}
