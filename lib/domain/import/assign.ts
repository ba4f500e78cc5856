import { parseVersion } from '../device/os-version'
import type { KnownColumn, ValueForm } from './columns'
import { columnByKey, folded, type HeaderMatch, type HeaderUnit, matchHeader } from './headers'
import { type HeaderMapping, leaveOut } from './questions'
import { cellText, isUnknown } from './words'

export type SourceRow = { row: number; cells: readonly string[]; problem?: string | undefined }
export type SourceTable = {
  headers: readonly string[]
  rows: readonly SourceRow[]
  delimiter: string
}

/** What one column of a file is taken as. */
export type AssignedColumn = {
  at: number
  header: string
  known: KnownColumn
  unit: HeaderUnit | undefined
  /** 0 for this program's own header. */
  rank: number
}

export type Assignment = {
  columns: AssignedColumn[]
  /** Columns whose meaning another column has already. */
  spare: AssignedColumn[]
  /** Places of columns that mean nothing to an import, or that a person left out. */
  leftOut: number[]
}

const forms: Record<ValueForm, (text: string) => boolean> = {
  modelIdentifier: (text) => /^(iPhone|iPod|iPad|AppleTV)\d{1,3},\d{1,3}$/.test(text),
  udid: (text) => /^([0-9a-f]{40}|[0-9a-f]{8}-?[0-9a-f]{16})$/i.test(text),
  osVersion: (text) => parseVersion(text) !== undefined,
}

/** Characters of a version, a size or a time; a longer text is none, and is not searched for one. */
export const maxValueLength = 100

/** Every cell of a column that says something, as it was meant. */
export const textsOf = ({ rows }: SourceTable, at: number): string[] =>
  rows
    .map(({ cells }) => cellText(cells[at] ?? '').trim())
    .filter((text) => text !== '' && text.length <= maxValueLength && !isUnknown(text))

/**
 * Gives every meaning one column: first what a person chose, then the best header. A header that means
 * something by its values only ("Product name" of iPad7,5) is taken where all of them have that form.
 */
export function assignColumns(table: SourceTable, mapping: HeaderMapping): Assignment {
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
    const known = chosen === undefined ? undefined : columnByKey(chosen)
    const matches = matchesOf(table, at)
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

type Candidate = { at: number; header: string; matches: HeaderMatch[] }

/** Plain headers before those that need their values, and the best of each meaning first. */
const inTurn = (open: readonly Candidate[]): Candidate[] =>
  open.toSorted((a, b) => (a.matches[0]?.rank ?? 0) - (b.matches[0]?.rank ?? 0) || a.at - b.at)

/** A column's meanings, with what its values confirm first; what they do not confirm is none. */
function matchesOf(table: SourceTable, at: number): HeaderMatch[] {
  const matches = matchHeader(table.headers[at] ?? '')
  if (matches.every(({ form }) => form === undefined)) return matches
  const texts = textsOf(table, at)
  const confirmed = matches.filter(
    ({ form }) => form !== undefined && texts.length > 0 && texts.every(forms[form]),
  )
  return [...confirmed, ...matches.filter(({ form }) => form === undefined)]
}
