import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { ExportQuery } from '@/lib/db/queries/trials/exports'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ExportColumn } from '@/lib/domain/export/column'
import { exportColumns, exportFileName } from '@/lib/domain/export/columns'
import { datasetJson, studyJson } from '@/lib/domain/export/dataset-json'
import { odm } from '@/lib/domain/export/odm'
import {
  copiedCells,
  type StudyFile,
  type StudyForm,
  type StudyWriter,
  studyFormInfo,
  studyValue,
} from '@/lib/domain/export/study'
import { version } from '@/lib/domain/version'
import { forbidden, type Refusal, refused } from '../shared/result'
import { oneOfFew, type StreamedFile, streamRows, type TooMany } from './export-csv'

const writers: Record<StudyForm, StudyWriter> = {
  odm,
  'dataset-json': datasetJson,
  json: studyJson,
}

/**
 * Opens an export as ODM-XML, Dataset-JSON or JSON: the values of the CSV export, row by row.
 * @throws if PostgreSQL rejects the query; no file is begun then
 */
export async function exportStudy(
  copy: (query: ExportQuery) => Promise<Readable>,
  actor: Actor,
  query: ExportQuery & { form: StudyForm },
  now: Date,
): Promise<StreamedFile | TooMany | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { form, ...asked } = query
  const { kind, environment } = asked
  if (form === 'odm' && kind !== 'trials')
    return refused('ODM has the trials only; take CSV or Dataset-JSON for the other tables', 'as')
  const columns = exportColumns[kind]
  const file = {
    ...{ kind, columns, environment, program: version, madeAt: now },
    metaDataVersion: metaDataVersionOf(columns),
    fileId: `oneway.${kind}.${now.toISOString()}`,
  }
  const fileName = exportFileName(kind, environment, now, studyFormInfo[form].ending)
  return oneOfFew(fileName, async (ended) => {
    const rows = await copy(asked)
    return streamRows(rows, {
      ended,
      gathererFor: (give) => studyGatherer(give, writers[form], file),
    })
  })
}

/** The version of the columns: another one as soon as a column, a meaning or a code is another. */
export const metaDataVersionOf = (columns: readonly ExportColumn[]): string =>
  `MDV.${createHash('sha256').update(JSON.stringify(columns)).digest('hex').slice(0, 16)}`

/** As much as a socket accepts at once. */
const chunkLength = 64 * 1024

/** Turns the rows of `copyStudy` into a file. The first row says how many there are; without rows there are none. */
function studyGatherer(
  give: (chunk: Uint8Array) => void,
  { head, row, tail }: StudyWriter,
  about: Omit<StudyFile, 'records'>,
) {
  const encoder = new TextEncoder()
  const decoder = new TextDecoder()
  let [pending, index] = ['', 0]
  let file: StudyFile | undefined
  const begin = (records: number): StudyFile => {
    const begun = { ...about, records }
    pending += head(begun)
    return begun
  }
  return {
    add(bytes: Uint8Array): void {
      const line = decoder.decode(bytes).replace(/\n$/, '')
      const [records, ...cells] = copiedCells(line)
      file ??= begin(Number(records))
      const values = about.columns.map((column, at) => studyValue(column, cells[at]))
      pending += row(file, values, index)
      index += 1
      if (pending.length < chunkLength) return
      give(encoder.encode(pending))
      pending = ''
    },
    flush(): void {
      file ??= begin(0)
      give(encoder.encode(pending + tail))
    },
  }
}
