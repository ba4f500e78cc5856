import { type FieldForm, readFieldValue } from '../device/custom-field'
import type { Platform } from '../device/device'
import type { DeviceDraft } from '../device/device-draft'
import {
  isNotApplicable,
  type ReadingField,
  type ReadingValues,
  readingFields,
} from '../reading/reading'
import { osFields } from '../reading/reading-order'
import { type AssignedColumn, maxValueLength, type SourceRow } from './assign'
import { type Family, platformOf, readOsText, readPlatform } from './os'
import { type CellRules, readDeviceText, readReading } from './read-cells'
import { type DayOrder, readTime } from './times'
import { cellText, isUnknown } from './words'

/** Why a cell or its row cannot be imported. `column` is the header in the file. */
export type CellProblem = { column: string; text: string; reason: string; accepted: string }

/** A value of a custom field, in the form in which it is kept. */
type ImportedField = { field: FieldForm; value: string }

export type ImportedReading = {
  field: ReadingField
  /** Undefined if the file says that it is not known. */
  value: ReadingValues[ReadingField] | undefined
}

/** A parsed row; empty cells are absent. */
export type ImportedRow = {
  row: number
  device: Partial<Omit<DeviceDraft, 'platform'>> & { platform?: Platform }
  mdmServer?: string
  /** When its readings were taken; undefined if unknown. */
  readAt?: Date
  readings: ImportedReading[]
  fields: ImportedField[]
  problems: CellProblem[]
  notes: string[]
  /** The text of a cell that does not decide the platform, such as "iOS/iPadOS". */
  openPlatform?: string
}

/** How the rows of one file are read. */
export type RowRules = {
  headers: number
  columns: readonly AssignedColumn[]
  /** Further columns with a serial or an enrollment ID, which must have the same value. */
  rivals: readonly AssignedColumn[]
  cells: CellRules
  time: { zone: string | undefined; dayOrder: DayOrder | undefined }
  /** The time for rows without one of their own. */
  readAt: Date | undefined
}

type Reading = ImportedRow & { family?: Family; familyText?: string }

/** Reads one row, and returns a problem for every invalid cell. */
export function readRow(source: SourceRow, rules: RowRules, now: Date): ImportedRow {
  const row: Reading = {
    row: source.row,
    device: {},
    readings: [],
    fields: [],
    problems: [],
    notes: [],
  }
  if (source.problem !== undefined) return spoiled(row, source.problem)
  const extra = source.cells.slice(rules.headers).some((cell) => cell.trim() !== '')
  if (extra)
    return spoiled(row, `The row has ${source.cells.length} cells and the header ${rules.headers}.`)
  for (const column of rules.columns) {
    const text = cellText(source.cells[column.at] ?? '')
    if (text.trim() !== '') readCell(row, column, text, rules, now)
  }
  checkRivals(row, source, rules)
  settleOs(row)
  settlePlatform(row)
  checkSizes(row, rules)
  if (!row.readAt && rules.readAt) row.readAt = rules.readAt
  const { family: _, familyText: __, ...read } = row
  return read
}

function spoiled(row: Reading, reason: string): ImportedRow {
  row.problems.push({
    column: 'the whole row',
    text: '',
    reason,
    accepted: 'as many cells as the header, with quotes around a cell that holds the separator',
  })
  return row
}

const problemAt = (
  { header }: Pick<AssignedColumn, 'header'>,
  text: string,
  { bad, accepted }: { bad: string; accepted: string },
): CellProblem => ({ column: header, text, reason: bad, accepted })

function readCell(row: Reading, at: AssignedColumn, text: string, rules: RowRules, now: Date) {
  const { column, label } = at.known
  const isText =
    column.kind === 'custom' || (column.kind === 'device' && column.field !== 'platform')
  if (!isText && text.length > maxValueLength) {
    const bad = `This has ${text.length} characters.`
    row.problems.push(
      problemAt(at, `${text.slice(0, 40)}…`, {
        bad,
        accepted: `at most ${maxValueLength} characters`,
      }),
    )
    return
  }
  switch (column.kind) {
    case 'device':
      return column.field === 'platform' ? readFamily(row, at, text) : readText(row, at, text)
    case 'custom': {
      const read = readFieldValue(column.field, text)
      if (read.status === 'refused')
        row.problems.push(problemAt(at, text, { bad: read.reason, accepted: read.accepted }))
      else if (read.status === 'value') row.fields.push({ field: column.field, value: read.value })
      return
    }
    case 'mdmServer':
      if (!isUnknown(text)) row.mdmServer = text.trim()
      return
    case 'readAt': {
      if (isUnknown(text)) return
      const read = readTime(text, rules.time, now)
      if ('bad' in read) row.problems.push(problemAt(at, text, read))
      else row.readAt = read.at
      return
    }
    case 'reading': {
      const { field } = column
      const read = readReading(field, label, text, rules.cells)
      if ('bad' in read) return row.problems.push(problemAt(at, text, read))
      row.readings.push({ field, value: read.value })
      if (field !== 'osVersion') return
      const os = readOsText(text)
      if (os?.family && !row.family) row.family = os.family
      if (read.build !== undefined) row.readings.push({ field: 'osBuild', value: read.build })
      if (read.extra !== undefined)
        row.readings.push({ field: 'osVersionExtra', value: read.extra })
      if (read.supplementalBuild !== undefined)
        row.readings.push({ field: 'osSupplementalBuild', value: read.supplementalBuild })
    }
  }
}

function readText(row: Reading, at: AssignedColumn, text: string) {
  const { column } = at.known
  if (column.kind !== 'device' || column.field === 'platform') return
  const read = readDeviceText(column.field, text)
  if (!read) return
  if ('bad' in read) row.problems.push(problemAt(at, text, read))
  else row.device[column.field] = read.kept
}

function readFamily(row: Reading, at: AssignedColumn, text: string) {
  if (isUnknown(text)) return
  const read = readPlatform(text)
  const accepted = 'iOS, iPadOS or tvOS'
  if (!read)
    return row.problems.push(
      problemAt(at, text, { bad: 'This is no platform of this lab.', accepted }),
    )
  row.family = read.family
  row.familyText = text
  if (read.version !== undefined) row.readings.push({ field: 'osVersion', value: read.version })
}

function checkRivals(row: Reading, { cells }: SourceRow, { rivals }: RowRules) {
  for (const rival of rivals) {
    const { column } = rival.known
    if (column.kind !== 'device' || column.field === 'platform') continue
    const text = cellText(cells[rival.at] ?? '')
    const taken = row.device[column.field]
    if (text.trim() === '' || isUnknown(text) || taken === undefined) continue
    if (text.trim().toLowerCase() === taken.toLowerCase()) continue
    const bad = `Another column of this row says ${taken}.`
    row.problems.push(
      problemAt(rival, text, {
        bad,
        accepted: 'the same in both columns, or one of them left out',
      }),
    )
  }
}

/** A row has one version and one build: those in "12.5.5 (16H62)" and those in columns of their own must agree. */
function settleOs(row: Reading) {
  for (const field of osFields) {
    const said = row.readings.filter(
      (reading) => reading.field === field && reading.value !== undefined,
    )
    const values = [...new Set(said.map(({ value }) => value))]
    if (values.length > 1)
      row.problems.push({
        column: readingFields[field].label,
        text: values.join(' and '),
        reason: 'Two cells of this row contradict each other.',
        accepted: 'one of the two',
      })
    const first = said[0] ?? row.readings.find((reading) => reading.field === field)
    row.readings = row.readings.filter((reading) => reading.field !== field || reading === first)
  }
}

function settlePlatform(row: Reading) {
  const version = row.readings.find(({ field }) => field === 'osVersion')?.value
  const platform = platformOf({
    said: row.family,
    modelIdentifier: row.device.modelIdentifier,
    modelName: row.device.modelName,
    version: typeof version === 'string' ? version : undefined,
  })
  if (platform) row.device.platform = platform
  else if (row.familyText !== undefined) row.openPlatform = row.familyText
  if (platform && row.family && ['iOS', 'iPadOS'].includes(row.family) && row.family !== platform)
    row.notes.push(`The file says ${row.family}; this iPad runs ${platform}`)
}

function checkSizes(row: Reading, { columns }: RowRules) {
  const of = (field: ReadingField) => row.readings.find((reading) => reading.field === field)
  const [freeRead, totalRead] = [of('freeCapacity'), of('totalCapacity')]
  // A program that does not know the total capacity does not know the free one either, and writes 0.
  if (freeRead?.value === 0 && totalRead && totalRead.value === undefined)
    freeRead.value = undefined
  const value = (field: ReadingField) => {
    const read = row.readings.find((reading) => reading.field === field)?.value
    return typeof read === 'number' ? read : undefined
  }
  const [free, total] = [value('freeCapacity'), value('totalCapacity')]
  if (free === undefined || total === undefined || free <= total) return
  const column = columns.find(({ known }) => known.key === 'freeCapacity')?.header ?? 'Free disk'
  row.problems.push({
    column,
    text: `${free} GB`,
    reason: `More is free than the ${total} GB of the whole device.`,
    accepted: `a number up to ${total} GB`,
  })
}

/** Problems for readings that do not apply to the platform of the row's device. */
export function inapplicable(row: ImportedRow, platform: Platform): CellProblem[] {
  return row.readings
    .filter(({ field, value }) => value !== undefined && isNotApplicable(field, platform))
    .map(({ field }) => ({
      column: readingFields[field].label,
      text: '',
      reason: `${platform} has no ${readingFields[field].label.toLowerCase()}.`,
      accepted: 'an empty cell',
    }))
}
