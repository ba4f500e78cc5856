import { createHash } from 'node:crypto'
import type { ReportDocument } from '@/lib/domain/report/blocks'
import { simulatedMark } from '@/lib/domain/report/frozen-report'
import { reportDocument } from '../report/report-document'
import type { TrialReport } from '../report/report-format'
import type { FreeText, Known } from './hide'
import { redactReports } from './redact-report'

/** What a link shows, and what it was made from. Kept as JSON with the link. */
export type SharedContent = {
  format: 'oneway-shared-report'
  version: 1
  /** Such as F-3 or T-12. */
  name: string
  /** SIMULATED; null for real trials. */
  mark: string | null
  /** When the report was frozen, or read for the link. */
  asOf: string
  documents: ReportDocument[]
  reports: TrialReport[]
}

/** The reports of a frozen report or of one trial, as they stand in the lab. */
export type Sharable = {
  name: string
  simulated: boolean
  asOf: Date
  reports: TrialReport[]
}

/** What a link would show with these texts chosen, and all texts that can be. */
export function composeShare(
  { name, simulated, asOf, reports: full }: Sharable,
  known: Known,
  chosen: ReadonlySet<string>,
): { content: SharedContent; texts: FreeText[] } {
  const { reports, texts } = redactReports(full, known, chosen)
  const content: SharedContent = {
    format: 'oneway-shared-report',
    version: 1,
    name,
    mark: simulated ? simulatedMark : null,
    asOf: asOf.toISOString(),
    documents: reports.map(reportDocument),
    reports,
  }
  return { content, texts }
}

/**
 * Identifies what a person has read on the preview: the moment of reading aside, another digest is another record or
 * another choice.
 */
export function digestOfShare({ name, reports }: SharedContent): string {
  const read = reports.map((report) => ({ ...report, readAt: '', head: null }))
  return createHash('sha256')
    .update(JSON.stringify([name, read]))
    .digest('hex')
}
