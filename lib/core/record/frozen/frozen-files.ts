import type { ExportQuery } from '@/lib/db/queries/trials/exports'
import type { ReportDocument } from '@/lib/domain/report/blocks'
import { reportHtml } from '@/lib/domain/report/html'
import { reportDocument } from '../report/report-document'
import type { TrialReport } from '../report/report-format'
import type { ZipFile } from './zip'

/** What freezing needs besides the database. */
export type Writers = {
  /** A CSV export as it is in a snapshot. */
  copyAt: (snapshot: string, query: ExportQuery) => Promise<Uint8Array>
  pdf: (
    document: ReportDocument,
  ) => Promise<{ status: 'rendered'; pdf: Uint8Array } | { status: 'not'; reason: string }>
}

type Made = { status: 'made'; files: ZipFile[] } | { status: 'not'; reason: string }

/** The report of each trial in its three forms, one after the other. */
export async function filesOf(reports: readonly TrialReport[], pdf: Writers['pdf']): Promise<Made> {
  const files: ZipFile[] = []
  for (const report of reports) {
    const document = reportDocument(report)
    const rendered = await pdf(document)
    if (rendered.status === 'not')
      return { status: 'not', reason: `${report.name}: ${rendered.reason}` }
    const name = `trials/${report.name}${report.mark ? '-SIMULATED' : ''}-report`
    files.push(
      { name: `${name}.html`, bytes: bytesOf(reportHtml(document)) },
      { name: `${name}.pdf`, bytes: rendered.pdf },
      { name: `${name}.json`, bytes: bytesOf(`${JSON.stringify(report, null, 1)}\n`) },
    )
  }
  return { status: 'made', files }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
