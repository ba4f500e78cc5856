import type { Environment } from '../device/device'
import { withFormula } from '../text/typed-text'
import type { ExportColumn } from './column'
import type { ExportKind } from './columns'

/** The forms of a study export besides CSV. */
export const studyForms = ['odm', 'dataset-json', 'json'] as const
export type StudyForm = (typeof studyForms)[number]

/** A value as text, or why there is none: `empty` is what the column's `missing` says of empty cells. */
export type StudyValue = { text: string } | { missing: 'empty' | 'notApplicable' }

/** What a file says of itself. */
export type StudyFile = {
  kind: ExportKind
  columns: readonly ExportColumn[]
  environment: Environment
  /** Changes whenever a column does. */
  metaDataVersion: string
  /** The version of Oneway. */
  program: string
  fileId: string
  madeAt: Date
  records: number
}

/** Writes a file piece by piece, so that it needs no more memory with more rows. */
export type StudyWriter = {
  head(file: StudyFile): string
  row(file: StudyFile, values: readonly StudyValue[], index: number): string
  tail: string
}

export const studyMark = 'SIMULATED: virtual devices, no evidence about real ones'

/** What a study is called in a file, marked if it is simulated. */
export const studyName = ({ environment }: StudyFile): string =>
  environment === 'simulated' ? 'Oneway, SIMULATED trials' : 'Oneway trials'

export const studyOid = ({ environment }: StudyFile): string =>
  environment === 'simulated' ? 'ONEWAY.SIMULATED' : 'ONEWAY'

export const itemGroupOid = ({ kind }: StudyFile): string => `IG.${kind}`
export const itemOid = ({ kind }: StudyFile, { name }: ExportColumn): string => `IT.${kind}.${name}`

/** What a column means, and what it means that it has no value. */
export const columnWords = ({ meaning, missing }: ExportColumn): string => `${meaning} ${missing}`

/** The value of a cell of the CSV export, without the apostrophe that is only for spreadsheets. */
export function studyValue(column: ExportColumn, cell: string | undefined): StudyValue {
  if (cell === undefined || cell === '') return { missing: 'empty' }
  if (cell === 'NA' && /\bNA:/.test(column.missing)) return { missing: 'notApplicable' }
  return { text: withFormula(cell) }
}

const escapes: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** The cells of a line that COPY wrote in its text format (https://www.postgresql.org/docs/18/sql-copy.html). */
export const copiedCells = (line: string): (string | undefined)[] =>
  line
    .split('\t')
    .map((cell) =>
      cell === '\\N'
        ? undefined
        : cell.includes('\\')
          ? cell.replaceAll(/\\(.)/gs, (_, sign: string) => escapes[sign] ?? sign)
          : cell,
    )

/** What the name of a file of a form ends with, and its media type. */
export const studyFormInfo: Record<StudyForm, { ending: string; type: string; label: string }> = {
  odm: { ending: 'odm.xml', type: 'application/xml; charset=utf-8', label: 'ODM-XML' },
  'dataset-json': {
    ending: 'dataset.json',
    type: 'application/json; charset=utf-8',
    label: 'Dataset-JSON',
  },
  json: { ending: 'json', type: 'application/json; charset=utf-8', label: 'JSON' },
}
