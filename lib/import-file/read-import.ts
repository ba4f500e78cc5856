import { createHash } from 'node:crypto'
import type { FieldForm } from '@/lib/domain/device/custom-field'
import { namesField } from '@/lib/domain/import/assign'
import { isKnownHeader } from '@/lib/domain/import/headers'
import type { FileChoices, HeaderMapping } from '@/lib/domain/import/questions'
import { type ReadFile, readFile } from '@/lib/domain/import/read-file'
import { folded } from '@/lib/domain/import/words'
import { readTable, type Unread } from './read-table'

export type ImportRequest = {
  bytes: Uint8Array
  choices: FileChoices
  /** The meaning of the headers as a person chose it; without it, the mapping stored for these headers. */
  mapping?: HeaderMapping | undefined
  /** Stored mappings, by the key of their headers. */
  kept: Readonly<Record<string, HeaderMapping>>
  now: Date
  /** The custom fields in use, whose headers this lab knows too. */
  fields?: readonly FieldForm[]
  /** Whether to give the cells of each row unchanged too, to write some of them into a file again. */
  withCells?: boolean
}

export type ReadImport = ReadFile & {
  notes: string[]
  /** Identifies this set of headers in any order and spelling. */
  headerKey: string
  mapping: HeaderMapping
  /** Whether the mapping is one stored by an earlier import. */
  remembered: boolean
  headers: string[]
  cells: { row: number; cells: string[] }[]
}

/** Reads the rows of a file, without a database. */
export function readImport(request: ImportRequest): ReadImport | Unread {
  const { fields = [] } = request
  const isKnown = (header: string) => isKnownHeader(header) || namesField(header, fields)
  const table = readTable(request.bytes, isKnown)
  if ('problem' in table) return table
  const headerKey = headerKeyOf(table.headers)
  const kept = request.kept[headerKey]
  const mapping = request.mapping ?? kept ?? {}
  const remembered = !request.mapping && kept !== undefined
  const { headers, notes } = table
  const cells = request.withCells
    ? table.rows.map(({ row, cells: own }) => ({ row, cells: own }))
    : []
  const read = readFile(table, mapping, request.choices, request.now, fields)
  return { ...read, notes, headerKey, mapping, remembered, headers, cells }
}

const headerKeyOf = (headers: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify(headers.map(folded).filter(Boolean).toSorted()))
    .digest('hex')
