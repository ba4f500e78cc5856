import type { FieldForm } from '../device/custom-field'
import {
  type AssignedColumn,
  type Assignment,
  assignColumns,
  type SourceTable,
  textsOf,
} from './assign'
import { type CapacityColumn, decideCapacity } from './capacity'
import { suggestColumn } from './headers'
import type { FileChoices, FileQuestion, HeaderMapping } from './questions'
import type { CellRules } from './read-cells'
import { type ImportedRow, type RowRules, readRow } from './read-row'
import { type TimeNeeds, timeNeeds } from './times'
import { batteryUnitOf, capacityUnits } from './units'

/** The meaning of a column, for the person who checks it. */
export type ColumnReport = {
  header: string
  /** Its meaning; undefined if the column is left out. */
  key?: string
  /** For a column that is left out: the header that has its meaning, or the meaning it resembles. */
  insteadOf?: string
  suggestion?: { key: string; label: string }
}

/** A parsed file: its columns, its open questions, and its rows. */
export type ReadFile = {
  columns: ColumnReport[]
  questions: FileQuestion[]
  rows: ImportedRow[]
  /** Whether some reading has no time. */
  ageUnknown: boolean
}

/** Reads a table. Units, day order and decimal sign are decided for whole columns, never for single cells. */
export function readFile(
  table: SourceTable,
  mapping: HeaderMapping,
  choices: FileChoices,
  now: Date,
  fields: readonly FieldForm[] = [],
): ReadFile {
  const assigned = assignColumns(table, mapping, fields)
  const { rules, questions } = decide(table, assigned, choices)
  const rows = table.rows.map((row) => readRow(row, rules, now))
  const ageUnknown = rows.some(
    ({ readAt, readings, problems }) => !readAt && readings.length > 0 && problems.length === 0,
  )
  if (ageUnknown || choices.readAt)
    questions.push({
      choice: 'readAt',
      reason:
        'Some readings have no time. Without one their age is unknown, and they count as stale.',
    })
  return { columns: reportOf(table, assigned), questions, rows, ageUnknown }
}

const findColumn = ({ columns }: Assignment, key: string) =>
  columns.find(({ known }) => known.key === key)

function decide(table: SourceTable, assigned: Assignment, choices: FileChoices) {
  const questions: FileQuestion[] = []
  const cells: CellRules = {
    battery: batteryRule(table, findColumn(assigned, 'batteryLevel'), choices, questions),
    ...capacityRules(table, assigned, choices, questions),
  }
  const time = findColumn(assigned, 'readAt')
  const needs = time && timeNeeds(textsOf(table, time.at))
  const rules: RowRules = {
    headers: table.headers.length,
    columns: assigned.columns,
    rivals: assigned.spare.filter(({ known }) => ['serial', 'enrollmentId'].includes(known.key)),
    cells,
    time: {
      zone: choices.timeZone ?? (time && needs?.zone ? usualZone(table, time) : undefined),
      dayOrder: choices.dayOrder ?? (needs && reportedOrder(needs)),
    },
    readAt: choices.readAt,
  }
  if (time && needs?.zone)
    questions.push({
      choice: 'timeZone',
      header: time.header,
      reason:
        rules.time.zone && !choices.timeZone
          ? 'Its times have no zone; they are read as UTC, because the program that seems to have written this file uses UTC.'
          : 'Its times have no zone.',
    })
  if (time && (needs?.dayOrder === 'undecided' || needs?.dayOrder === 'contradiction'))
    questions.push({
      choice: 'dayOrder',
      header: time.header,
      reason: 'Its dates can be read with the day or the month first.',
    })
  return { rules, questions }
}

const reportedOrder = ({ dayOrder }: TimeNeeds) =>
  dayOrder === 'dayFirst' || dayOrder === 'monthFirst' ? dayOrder : undefined

// .NET, as in Intune's exports, writes seven digits after the second, in UTC. Profile Manager's database and Jamf's day
// of the last inventory are in UTC as well.
function usualZone(table: SourceTable, time: AssignedColumn): string | undefined {
  const texts = textsOf(table, time.at)
  const dotNet = texts.every((text) => /:\d\d\.\d{7}$/.test(text))
  const days = texts.every((text) => /^\d{4}-\d\d-\d\d$/.test(text))
  const profileManager = table.headers.some((header) => header.trim() === 'mdm_target_type')
  return dotNet || days || profileManager ? 'UTC' : undefined
}

function batteryRule(
  table: SourceTable,
  column: AssignedColumn | undefined,
  choices: FileChoices,
  questions: FileQuestion[],
): CellRules['battery'] {
  if (!column) return undefined
  const reported =
    column.unit === '%' || /percent|currentcapacity/i.test(column.header)
      ? 'percent'
      : batteryUnitOf(textsOf(table, column.at))
  if (!reported || choices.batteryUnit)
    questions.push({
      choice: 'batteryUnit',
      header: column.header,
      reason: 'It does not show whether its numbers are percentages or fractions.',
    })
  return reported ?? choices.batteryUnit
}

/** The total first: the free capacity is written in the same format. */
function capacityRules(
  table: SourceTable,
  assigned: Assignment,
  choices: FileChoices,
  questions: FileQuestion[],
): Pick<CellRules, 'total' | 'free'> {
  const rule = (of: 'total' | 'free', sibling: CapacityColumn | undefined): CapacityColumn => {
    const column = findColumn(assigned, `${of}Capacity`)
    if (!column) return { of, decimal: undefined, unit: undefined }
    const chosen = of === 'total' ? choices.totalUnit : choices.freeUnit
    const named = capacityUnits.find((unit) => unit === column.unit) ?? usualUnit(column.header)
    const given = { of, texts: textsOf(table, column.at), sibling, delimiter: table.delimiter }
    const reported = decideCapacity({
      ...given,
      unit: named,
      usual: column.rank === 0 ? 'GB' : undefined,
    })
    if (!reported.unit || chosen)
      questions.push({
        choice: `${of}Unit`,
        header: column.header,
        reason: 'Its numbers can be sizes in more than one unit.',
      })
    return reported.unit ? reported : { ...reported, unit: chosen }
  }
  const total = rule('total', undefined)
  return { total, free: rule('free', findColumn(assigned, 'totalCapacity') && total) }
}

// lockdownd and cfgutil count bytes. https://github.com/microsoft/InQRy/blob/a34ce65 (its tests)
const usualUnit = (header: string) =>
  /^(TotalDiskCapacity|AmountDataAvailable|TotalDataAvailable|freeDiskSpace)$/.test(header.trim())
    ? ('byte' as const)
    : undefined

function reportOf(table: SourceTable, { columns, spare }: Assignment): ColumnReport[] {
  return table.headers.map((header, at) => {
    const taken = columns.find((column) => column.at === at)
    if (taken) return { header, key: taken.known.key }
    const second = spare.find((column) => column.at === at)
    if (second) {
      const first = columns.find(({ known }) => known === second.known)
      return { header, ...(first && { insteadOf: first.header }) }
    }
    const known = suggestColumn(header)
    // No suggestion for a meaning that another column has already.
    if (columns.some((column) => column.known === known)) return { header }
    return { header, ...(known && { suggestion: { key: known.key, label: known.label } }) }
  })
}
