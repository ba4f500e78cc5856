import { createHash, randomUUID } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import { csvForm } from '@/lib/core/shared/csv-form'
import { forbidden, type Refusal, refused } from '@/lib/core/shared/result'
import type { Db } from '@/lib/db/client'
import { uniqueViolation } from '@/lib/db/errors'
import {
  asField,
  listCustomFields,
  listFieldRows,
  lockFieldRows,
} from '@/lib/db/queries/devices/custom-fields'
import {
  insertDeviceImport,
  isSimulatedImport,
  listMappings,
  saveMapping,
} from '@/lib/db/queries/devices/device-imports'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { deviceFieldLabels } from '@/lib/domain/device/device-draft'
import { fieldColumn, namesField } from '@/lib/domain/import/assign'
import type { FileChoices, FileQuestion, HeaderMapping } from '@/lib/domain/import/questions'
import type { ColumnReport } from '@/lib/domain/import/read-file'
import { folded } from '@/lib/domain/import/words'
import type { ReadImport } from '@/lib/import-file/read-import'
import { readInThread } from '@/lib/import-file/read-in-thread'
import type { BadRow, GoodRow } from './import-types'
import { type ImportPlan, planImport } from './plan-import'
import { type WrittenRow, writeImport } from './write-import'

export type PreviewedRow = Pick<
  GoodRow,
  'row' | 'name' | 'kind' | 'matchedBy' | 'changes' | 'notes' | 'readAt'
> & { readings: number }

export type ImportPreview = {
  status: 'preview'
  hash: string
  /** The first rows of each kind; `counts` has the totals. */
  good: PreviewedRow[]
  bad: BadRow[]
  counts: Record<GoodRow['kind'] | 'bad', number>
  /** What in the file was understood differently from how it is written. */
  notes: string[]
  columns: ColumnReport[]
  /** What the file leaves open and a person may choose. */
  questions: FileQuestion[]
  mapping: HeaderMapping
  /** The custom fields that a column can be read as: the key of each, and its header. */
  customColumns: { key: string; label: string }[]
  /** Whether the mapping is from an earlier import. */
  remembered: boolean
}

/** Rows of one kind that a preview shows; 20,000 of them would freeze a browser. */
const shownRows = 500

/** Shows what an import of the file would do, row by row. Writes nothing. */
export async function previewImport(
  db: Db,
  actor: Actor,
  input: ImportFile,
  now: Date,
): Promise<ImportPreview | Refusal> {
  const no = forbidden(actor, 'importDevices')
  if (no) return no
  const read = await readImportFile(db, input, now)
  if ('status' in read) return read
  const { mdmServerId, choices } = input
  const plan = await planImport(db, read.rows, { mdmServerId, platform: choices?.platform }, now)
  const { notes, columns, mapping, remembered } = read
  const customColumns = (await listCustomFields(db)).map(fieldColumn)
  return {
    status: 'preview',
    hash: plan.hash,
    good: firstOfEach(plan.good).map(previewed),
    bad: plan.bad.slice(0, shownRows),
    counts: countsOf(plan),
    notes,
    columns,
    questions: questionsOf(read, plan, input),
    mapping,
    customColumns,
    remembered,
  }
}

const kinds = ['new', 'changed', 'same'] as const

const firstOfEach = (good: readonly GoodRow[]) =>
  kinds.flatMap((kind) => good.filter((row) => row.kind === kind).slice(0, shownRows))

function countsOf({ good, bad }: ImportPlan): ImportPreview['counts'] {
  const of = (kind: GoodRow['kind']) => good.filter((row) => row.kind === kind).length
  return { new: of('new'), changed: of('changed'), same: of('same'), bad: bad.length }
}

function questionsOf(
  { questions }: ReadImport,
  { bad }: ImportPlan,
  { choices }: ImportFile,
): FileQuestion[] {
  const label = deviceFieldLabels.platform
  const lacking = bad.some(({ problems }) => problems.some(({ column }) => column === label))
  if (!lacking && !choices?.platform) return questions
  const reason = 'Some rows are new devices without a platform.'
  return [...questions, { choice: 'platform', reason }]
}

const previewed = ({ row, name, kind, matchedBy, changes, notes, readAt, readings }: GoodRow) => ({
  row,
  name,
  kind,
  matchedBy,
  changes,
  notes,
  readAt,
  readings: readings.length,
})

/** The rejected rows of a file as CSV, unchanged and each with its reasons, to be corrected and imported. */
export async function badRowsCsv(
  db: Db,
  actor: Actor,
  input: ImportFile,
  now: Date,
): Promise<{ status: 'csv'; csv: string } | Refusal> {
  const no = forbidden(actor, 'importDevices')
  if (no) return no
  const read = await readImportFile(db, input, now, { withCells: true })
  if ('status' in read) return read
  const { mdmServerId, choices } = input
  const plan = await planImport(db, read.rows, { mdmServerId, platform: choices?.platform }, now)
  const cellsOf = new Map(read.cells.map(({ row, cells }) => [row, cells]))
  const rows = plan.bad.map(({ row, problems }) => [
    ...read.headers.map((_, at) => cellsOf.get(row)?.[at] ?? ''),
    `Row ${row}: ${problems.map(({ column, reason }) => `${column}: ${reason}`).join(' ')}`,
  ])
  const options = { escape_formulas: true, ...csvForm, bom: true } as const
  return {
    status: 'csv',
    csv: stringify([[...read.headers, 'Not imported because'], ...rows], options),
  }
}

export type Imported = {
  status: 'imported'
  /** The device list can be filtered by this import. */
  importId: string
  /** The environment in which its devices are listed. */
  environment: Environment
  added: number
  changed: number
  unchanged: number
  leftOut: number
}

/** Imports what the preview with this hash showed, in one transaction. A row with a problem is not imported at all. */
export async function importDevices(
  db: Db,
  actor: Actor,
  input: ImportFile & { hash: string },
  now: Date,
): Promise<Imported | Refusal> {
  const no = forbidden(actor, 'importDevices')
  if (no) return no
  const read = await readImportFile(db, input, now)
  if ('status' in read) return read
  const { mdmServerId, choices } = input
  const choice = { mdmServerId, platform: choices?.platform, lock: true }
  try {
    return await transact(db, actor, async (tx) => {
      const plan = await planImport(tx, read.rows, choice, now)
      if (plan.hash !== input.hash || (await usesRetired(tx, plan)))
        return changedSince(await retiredColumns(tx, read))
      const rows = await writeImport(tx, actor, plan, now)
      return enter(tx, actor, { input, read, plan, rows }, now)
    })
  } catch (error) {
    // Somebody else added a device of the file at the same moment.
    if (uniqueViolation(error) === undefined) throw error
    return changedSince()
  }
}

const changedSince = (retired: readonly string[] = []) =>
  refused(
    [
      'The inventory or the file has changed since the preview, so nothing was imported. Look at the preview again.',
      ...retired,
    ].join(' '),
  )

/** Whether a field that the plan has values of was retired while the file was read; the others stay in use until the end. */
async function usesRetired(tx: Db, { good }: ImportPlan): Promise<boolean> {
  const used = new Set(good.flatMap(({ fields }) => fields.map(({ fieldId }) => fieldId)))
  return (await lockFieldRows(tx, [...used])).some(({ retiredAt }) => retiredAt !== null)
}

/** The columns of the file that name a retired custom field, in words. */
async function retiredColumns(tx: Db, { headers, mapping }: ReadImport): Promise<string[]> {
  const rows = await listFieldRows(tx, { withRetired: true })
  return rows.flatMap((row) => {
    const isIts = (header: string) => {
      const chosen = mapping[folded(header)]
      return chosen === undefined
        ? namesField(header, [asField(row)])
        : chosen === fieldColumn(row).key
    }
    const column = row.retiredAt === null ? undefined : headers.find(isIts)
    return column === undefined
      ? []
      : [
          `The column “${column}” is left out by now: ${row.retiredByName} retired the custom field “${row.name}”.`,
        ]
  })
}

type Done = { input: ImportFile; read: ReadImport; plan: ImportPlan; rows: WrittenRow[] }

/** Records the import: the file, its devices, and the meaning of its headers. */
async function enter(
  tx: Db,
  actor: Actor,
  { input, read, plan, rows }: Done,
  now: Date,
): Promise<Imported> {
  const counts = countsOf(plan)
  const [added, changed, unchanged, leftOut] = [counts.new, counts.changed, counts.same, counts.bad]
  const made = {
    id: randomUUID(),
    importedAt: now,
    byId: actor.id,
    byName: actor.name,
    fileName: (input.fileName ?? '').slice(0, 200),
    fileSha256: createHash('sha256').update(input.bytes).digest('hex'),
    choices: input.choices ?? {},
    mapping: read.mapping,
    ...{ added, changed, unchanged, leftOut },
  }
  const about = rows.map(({ id, row, kind }) => ({ deviceId: id, fileRow: row, kind }))
  await insertDeviceImport(tx, made, about)
  if (input.mapping) {
    const { headerKey, mapping } = read
    await saveMapping(tx, { headerKey, mapping, changedAt: now, changedBy: actor.name })
  }
  const virtual = about.length > 0 && (await isSimulatedImport(tx, made.id))
  const environment = virtual ? 'simulated' : 'real'
  return { status: 'imported', importId: made.id, environment, added, changed, unchanged, leftOut }
}

/** A file, and the choices a person made for it. */
export type ImportFile = {
  bytes: Uint8Array
  fileName?: string | undefined
  /** The MDM server of new devices whose row names none. */
  mdmServerId?: string | undefined
  choices?: FileChoices | undefined
  /** The meaning of each header, by the folded header; by default that of the last import with these headers. */
  mapping?: HeaderMapping | undefined
}

/** Reads a file in a thread, so that the process stays responsive, using the header meanings of earlier imports. */
async function readImportFile(
  db: Db,
  { bytes, choices = {}, mapping }: ImportFile,
  now: Date,
  { withCells = false } = {},
): Promise<ReadImport | Refusal> {
  if (choices.readAt && choices.readAt > now)
    return refused('The time of the readings is in the future.', 'readAt')
  const [kept, fields] = await Promise.all([listMappings(db), listCustomFields(db)])
  const read = await readInThread({ bytes, choices, mapping, kept, now, fields, withCells })
  if ('problem' in read) return refused(read.problem, 'file')
  return read
}
