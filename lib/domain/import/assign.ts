import { type FieldForm, fieldHeader } from '../device/custom-field'
import { parseVersion } from '../device/os-version'
import type { KnownColumn, ValueForm } from './columns'
import { columnByKey, type HeaderMatch, type HeaderUnit, matchHeader } from './headers'
import { type HeaderMapping, leaveOut } from './questions'
import { cellText, folded, isUnknown } from './words'

export type SourceRow = { row: number; cells: readonly string[]; problem?: string | undefined }
export type SourceTable = {
  headers: readonly string[]
  rows: readonly SourceRow[]
  delimiter: string
}

/** A column of a file and its meaning. */
export type AssignedColumn = {
  at: number
  header: string
  known: KnownColumn
  unit: HeaderUnit | undefined
  /** 0 for a header of this program. */
  rank: number
}

export type Assignment = {
  columns: AssignedColumn[]
  /** Columns with a meaning that another column has already. */
  spare: AssignedColumn[]
  /** Indexes of columns that have no meaning for an import, or that a person left out. */
  leftOut: number[]
}

const forms: Record<ValueForm, (text: string) => boolean> = {
  modelIdentifier: (text) => /^(iPhone|iPod|iPad|AppleTV)\d{1,3},\d{1,3}$/.test(text),
  udid: (text) => /^([0-9a-f]{40}|[0-9a-f]{8}-?[0-9a-f]{16})$/i.test(text),
  osVersion: (text) => parseVersion(text) !== undefined,
}

/** Characters; a longer text is no version, size or time and is not parsed as one. */
export const maxValueLength = 100

/** The texts of a column, without spreadsheet escapes and without empty and unknown cells. */
export const textsOf = ({ rows }: SourceTable, at: number): string[] =>
  rows
    .map(({ cells }) => cellText(cells[at] ?? '').trim())
    .filter((text) => text !== '' && text.length <= maxValueLength && !isUnknown(text))

/**
 * Assigns one column to every meaning: first as a person chose, then by the best header. An ambiguous header ("Product
 * name" with iPad7,5) is assigned only if all values have the expected form.
 */
export function assignColumns(
  table: SourceTable,
  mapping: HeaderMapping,
  fields: readonly FieldForm[] = [],
): Assignment {
  const own = fields.map(asColumn)
  const taken = new Map<string, AssignedColumn>()
  const spare: AssignedColumn[] = []
  const leftOut: number[] = []
  const offer = (column: AssignedColumn) => {
    if (taken.has(column.known.key)) return false
    taken.set(column.known.key, column)
    return true
  }
  const open: Candidate[] = []
  for (const [at, header] of table.headers.entries()) {
    const chosen = mapping[folded(header)]
    const known =
      chosen === undefined
        ? undefined
        : (columnByKey(chosen) ?? own.find(({ key }) => key === chosen))
    const matches = ownMatches(header, own) ?? matchesOf(table, at)
    if (chosen === leaveOut) leftOut.push(at)
    else if (known) {
      const column = { at, header, known, unit: matches[0]?.unit, rank: -1 }
      if (!offer(column)) spare.push(column)
    } else if (matches.length === 0) leftOut.push(at)
    else open.push({ at, header, matches })
  }
  for (const { at, header, matches } of inTurn(open)) {
    const columns = matches.map(({ known, unit, rank }) => ({ at, header, known, unit, rank }))
    const [first] = columns
    if (first && !columns.some(offer)) spare.push(first)
  }
  const columns = [...taken.values()].toSorted((a, b) => a.at - b.at)
  return { columns, spare, leftOut }
}

/** The key of a custom field's column and its header. */
export const fieldColumn = (field: Pick<FieldForm, 'id' | 'name'>) => ({
  key: `field:${field.id}`,
  label: fieldHeader(field),
})

/** A custom field as a column of a file. */
const asColumn = (field: FieldForm): KnownColumn => ({
  ...fieldColumn(field),
  column: { kind: 'custom', field },
  aliases: [field.name],
})

/** Headers that name a custom field: with the prefix of this program's own files always, without it where it means nothing else. */
function ownMatches(header: string, own: readonly KnownColumn[]): HeaderMatch[] | undefined {
  const wanted = header.trim().toLowerCase()
  const exact = own.find(({ label }) => label.toLowerCase() === wanted)
  const bare = own.find(({ aliases }) => aliases.some((name) => name.toLowerCase() === wanted))
  const known = exact ?? (matchHeader(header).length === 0 ? bare : undefined)
  return known && [{ known, rank: 0 }]
}

/** Whether a header names one of these fields. */
export const namesField = (header: string, fields: readonly FieldForm[]): boolean =>
  ownMatches(header, fields.map(asColumn)) !== undefined

type Candidate = { at: number; header: string; matches: HeaderMatch[] }

/** Unambiguous headers first, and for each meaning the best one first. */
const inTurn = (open: readonly Candidate[]): Candidate[] =>
  open.toSorted((a, b) => (a.matches[0]?.rank ?? 0) - (b.matches[0]?.rank ?? 0) || a.at - b.at)

/** The possible meanings of a column: those that its values confirm come first, those they contradict are left out. */
function matchesOf(table: SourceTable, at: number): HeaderMatch[] {
  const matches = matchHeader(table.headers[at] ?? '')
  if (matches.every(({ form }) => form === undefined)) return matches
  const texts = textsOf(table, at)
  const confirmed = matches.filter(
    ({ form }) => form !== undefined && texts.length > 0 && texts.every(forms[form]),
  )
  return [...confirmed, ...matches.filter(({ form }) => form === undefined)]
}
