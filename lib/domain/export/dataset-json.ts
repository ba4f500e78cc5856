import type { ExportColumn } from './column'
import {
  columnWords,
  itemGroupOid,
  itemOid,
  type StudyValue,
  type StudyWriter,
  studyMark,
  studyName,
  studyOid,
} from './study'

/** Names the columns that do not apply, as null alone cannot say it. */
const notApplicable: ExportColumn = {
  name: 'not_applicable',
  type: 'code',
  unit: '',
  meaning: 'Names of the columns of this row that do not apply, separated by spaces.',
  missing: 'Empty: all apply; a null is what its column says of an empty cell.',
}

const isNumber = ({ type }: ExportColumn): boolean => type === 'integer' || type === 'number'

/** A value as JSON; a number keeps the digits that it has in the CSV. */
function jsonValue(column: ExportColumn, value: StudyValue | undefined): string {
  if (!value || 'missing' in value) return 'null'
  const { text } = value
  const asIs = isNumber(column)
    ? /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i.test(text)
    : column.type === 'boolean' && (text === 'true' || text === 'false')
  return asIs ? text : JSON.stringify(text)
}

function namesOfNotApplicable(columns: readonly ExportColumn[], values: readonly StudyValue[]) {
  const names = columns.flatMap(({ name }, at) => {
    const value = values[at]
    return value && 'missing' in value && value.missing === 'notApplicable' ? [name] : []
  })
  return names.length > 0 ? JSON.stringify(names.join(' ')) : 'null'
}

const dataTypes: Record<ExportColumn['type'], string> = {
  text: 'string',
  code: 'string',
  base64: 'string',
  integer: 'integer',
  number: 'double',
  boolean: 'boolean',
  time: 'datetime',
}

const words = (column: ExportColumn): string =>
  column.unit ? `${columnWords(column)} Unit: ${column.unit}.` : columnWords(column)

/** The head of a file, left open for its rows, which are written one by one. */
const beforeRows = (head: object): string =>
  `${JSON.stringify(head, null, 1).replace(/\n}$/, '')},\n "rows": [`
const afterRows = '\n]}\n'

/**
 * CDISC Dataset-JSON 1.1 (https://www.cdisc.org/standards/data-exchange/dataset-json), with its attributes in the order in
 * which the standard has them, so that a reader can read row by row.
 */
export const datasetJson: StudyWriter = {
  head(file) {
    const { kind, columns, madeAt, metaDataVersion, fileId, records, program } = file
    const head = {
      datasetJSONCreationDateTime: madeAt.toISOString(),
      datasetJSONVersion: '1.1.0',
      fileOID: fileId,
      originator: studyName(file),
      sourceSystem: { name: 'Oneway', version: program },
      studyOID: studyOid(file),
      metaDataVersionOID: metaDataVersion,
      itemGroupOID: itemGroupOid(file),
      records,
      name: kind,
      label: file.environment === 'simulated' ? `${kind}, ${studyMark}` : kind,
      columns: [...columns, notApplicable].map((column, at) => ({
        itemOID: itemOid(file, column),
        name: column.name,
        label: words(column),
        dataType: dataTypes[column.type],
        ...(at === 0 && kind === 'trials' && { keySequence: 1 }),
      })),
    }
    return beforeRows(head)
  },
  row({ columns }, values, index) {
    const cells = columns.map((column, at) => jsonValue(column, values[at]))
    const row = [...cells, namesOfNotApplicable(columns, values)].join(',')
    return `${index > 0 ? ',' : ''}\n[${row}]`
  },
  tail: afterRows,
}

/** Oneway's own JSON: the columns with everything the data dictionary says, and each row with its names. */
export const studyJson: StudyWriter = {
  head(file) {
    const { kind, columns, environment, madeAt, metaDataVersion, records } = file
    const head = {
      format: 'oneway-study-export',
      version: 1,
      file: kind,
      environment,
      mark: environment === 'simulated' ? studyMark : null,
      madeAt: madeAt.toISOString(),
      metaDataVersion,
      records,
      columns: [...columns, notApplicable],
    }
    return beforeRows(head)
  },
  row({ columns }, values, index) {
    const cells = columns.map(
      (column, at) => `${JSON.stringify(column.name)}:${jsonValue(column, values[at])}`,
    )
    cells.push(`"not_applicable":${namesOfNotApplicable(columns, values)}`)
    return `${index > 0 ? ',' : ''}\n{${cells.join(',')}}`
  },
  tail: afterRows,
}
