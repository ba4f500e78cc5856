import type { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import type { ExportQuery } from '@/lib/db/queries/trials/exports'
import type { Actor } from '@/lib/domain/account/permissions'
import { auditColumns, exportColumns } from '@/lib/domain/export/columns'
import { forbidden, type Refusal } from '../shared/result'
import { streamCsv } from './csv-stream'

/** Starts the COPY on a connection of its own; passed in by the caller. */
export type CopyRows = (query: ExportQuery) => Promise<Readable>

export type TooMany = { status: 'busy'; reason: string }
export type CsvFile = { status: 'ready'; fileName: string; body: ReadableStream<Uint8Array> }

/** Exports that run at once: each holds a connection for as long as its client reads. */
const maxAtOnce = 3
let running = 0

/**
 * Opens an export of one environment. Resolves when PostgreSQL has begun to copy.
 * @throws if PostgreSQL rejects the query; no file is begun then
 */
export async function exportCsv(
  copy: CopyRows,
  actor: Actor,
  query: ExportQuery & { bom: boolean },
  now: Date,
): Promise<CsvFile | TooMany | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  if (running >= maxAtOnce)
    return {
      status: 'busy',
      reason: `${running} exports are being read; try again when one has ended`,
    }
  running += 1
  const ended = () => {
    running -= 1
  }
  try {
    const { bom, ...asked } = query
    const body = streamCsv(await copy(asked), { bom, ended })
    return { status: 'ready', fileName: fileName(asked, now), body }
  } catch (error) {
    ended()
    throw error
  }
}

function fileName({ kind, environment }: ExportQuery, now: Date): string {
  const mark = environment === 'simulated' ? 'SIMULATED-' : ''
  return `oneway-${mark}${kind}-${now.toISOString().slice(0, 10)}.csv`
}

/** The data dictionary of all exports as CSV. It describes columns and contains no data, so it is the same for both environments. */
export function exportDictionary({ bom }: { bom: boolean }): string {
  const rows = Object.entries({ ...exportColumns, audit: auditColumns }).flatMap(
    ([file, columns]) =>
      columns.map((column, index) => ({
        file,
        position: index + 1,
        column: column.name,
        type: column.type,
        unit: column.unit,
        meaning: column.meaning,
        missing: column.missing,
      })),
  )
  return stringify(rows, { header: true, bom, record_delimiter: 'windows' })
}
