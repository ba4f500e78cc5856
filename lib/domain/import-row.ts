import { type Platform, platforms } from './device'
import { type DeviceDraft, type DeviceDraftField, draftFieldProblem } from './device-draft'
import type { NamedColumn } from './import-column'
import { isNotApplicable, type ReadingField, type ReadingValues, readingFields } from './reading'
import { readTyped } from './typed-reading'

/** Why one cell, or its row, cannot be imported. */
export type CellProblem = { column: string; text: string; because: string; accepted: string }

export type ImportedReading = {
  field: ReadingField
  /** Undefined where the file says that it is not known. */
  value: ReadingValues[ReadingField] | undefined
}

/** What a row says; an empty cell says nothing. */
export type ImportedRow = {
  device: Partial<Omit<DeviceDraft, 'platform'>> & { platform?: Platform }
  mdmServer?: string
  readAt?: Date
  readings: ImportedReading[]
  problems: CellProblem[]
}

// Kept byte for byte, so that a space is told and not cut off in silence.
const exact: readonly DeviceDraftField[] = ['enrollmentId', 'serial']

/** Reads one row by its columns, and names every cell that is bad. */
export function readImportRow(
  columns: readonly (NamedColumn | undefined)[],
  cells: readonly string[],
  now: Date,
): ImportedRow {
  const row: ImportedRow = { device: {}, readings: [], problems: [] }
  if (cells.length !== columns.length)
    row.problems.push({
      column: 'the whole row',
      text: `${cells.length} cells`,
      because: `The row has ${cells.length} cells and the header ${columns.length}.`,
      accepted: 'as many cells as the header, with quotes around a cell that holds the separator',
    })
  for (const [at, named] of columns.entries()) {
    const text = cells[at] ?? ''
    if (named && text.trim() !== '') readCell(row, named, text, now)
  }
  return row
}

function readCell(row: ImportedRow, { column, label }: NamedColumn, text: string, now: Date) {
  const bad = (because: string, accepted: string) =>
    row.problems.push({ column: label, text, because, accepted })
  switch (column.kind) {
    case 'device':
      return readDeviceCell(row, column.field, text, bad)
    case 'mdmServer':
      row.mdmServer = text.trim()
      return
    case 'readAt': {
      const at = readTime(text.trim())
      if (!at) return bad('This is no time with its zone.', 'such as 2026-03-02T09:00:00Z')
      if (at > now) return bad('This is in the future.', 'a time up to now')
      row.readAt = at
      return
    }
    case 'reading': {
      const typed = readTyped(column.field, text)
      if (typed.status === 'refused') return bad(typed.because, typed.accepted)
      const value = typed.status === 'value' ? typed.value : undefined
      row.readings.push({ field: column.field, value })
    }
  }
}

type Bad = (because: string, accepted: string) => unknown

function readDeviceCell(row: ImportedRow, field: DeviceDraftField, text: string, bad: Bad) {
  if (field === 'platform') {
    const platform = platforms.find((one) => one.toLowerCase() === text.trim().toLowerCase())
    if (platform) row.device.platform = platform
    else bad('This is no platform of this lab.', platforms.join(', '))
    return
  }
  const kept = exact.includes(field) ? text : text.trim()
  const problem = draftFieldProblem(field, kept)
  if (problem) bad(problem.because, problem.accepted)
  else row.device[field] = kept
}

/** ISO 8601 with its zone; a time without one would mean another moment on another machine. */
function readTime(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(text))
    return undefined
  const at = new Date(text.replace(' ', 'T'))
  return Number.isNaN(at.getTime()) ? undefined : at
}

/** Readings that can mean nothing on the platform of the row's device. */
export function inapplicable(row: ImportedRow, platform: Platform): CellProblem[] {
  return row.readings
    .filter(({ field }) => isNotApplicable(field, platform))
    .map(({ field }) => ({
      column: readingFields[field].label,
      text: '',
      because: `${platform} has no ${readingFields[field].label.toLowerCase()}.`,
      accepted: 'an empty cell',
    }))
}
