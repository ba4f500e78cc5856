import { randomUUID } from 'node:crypto'
import { uniqueClash } from '@/lib/db/clash'
import type { Db } from '@/lib/db/client'
import {
  awaitVerdicts,
  insertDevices,
  listDevicesInTrials,
  updateDevices,
} from '@/lib/db/devices-at-once'
import { insertReadingsOfMany } from '@/lib/db/readings'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/actor'
import type { BadRow, GoodRow } from './import-types'
import { refreshVerdicts } from './judge-device'
import { noticeOsChange } from './notice-os-change'
import { type ImportPlan, planImport } from './plan-import'
import { readDeviceCsv } from './read-device-csv'
import { forbidden, type Refusal, refused } from './result'

export type ImportFile = {
  bytes: Uint8Array
  /** Where new devices are enrolled, unless their row names a server. */
  mdmServerId?: string | undefined
}

export type PreviewedRow = Pick<
  GoodRow,
  'row' | 'name' | 'kind' | 'matchedBy' | 'changes' | 'notes'
> & { readings: number }

export type ImportPreview = {
  status: 'preview'
  hash: string
  good: PreviewedRow[]
  bad: BadRow[]
  unknownColumns: string[]
}

/** Says what a file would do, row by row, and writes nothing. */
export async function previewImport(
  db: Db,
  actor: Actor,
  input: ImportFile,
  now: Date,
): Promise<ImportPreview | Refusal> {
  const no = forbidden(actor, 'importDevices')
  if (no) return no
  const table = readDeviceCsv(input.bytes)
  if ('status' in table) return table
  const plan = await planImport(db, table, { mdmServerId: input.mdmServerId }, now)
  const { good, bad, unknownColumns, hash } = plan
  return { status: 'preview', hash, bad, unknownColumns, good: good.map(previewed) }
}

const previewed = ({ row, name, kind, matchedBy, changes, notes, readings }: GoodRow) => ({
  row,
  name,
  kind,
  matchedBy,
  changes,
  notes,
  readings: readings.length,
})

export type Imported = {
  status: 'imported'
  added: number
  changed: number
  unchanged: number
  leftOut: number
}

/** Does what the preview of this hash said, all of it in one transaction; bad rows are left out whole. */
export async function importDevices(
  db: Db,
  actor: Actor,
  input: ImportFile & { hash: string },
  now: Date,
): Promise<Imported | Refusal> {
  const no = forbidden(actor, 'importDevices')
  if (no) return no
  const table = readDeviceCsv(input.bytes)
  if ('status' in table) return table
  const { mdmServerId } = input
  try {
    return await transact(db, actor, async (tx) => {
      const plan = await planImport(tx, table, { mdmServerId, lock: true }, now)
      if (plan.hash !== input.hash) return changedSince
      await carryOut(tx, actor, plan, now)
      return summaryOf(plan)
    })
  } catch (error) {
    // A device of the file was added by somebody else in this very moment.
    if (uniqueClash(error) === undefined) throw error
    return changedSince
  }
}

const changedSince = refused(
  'The inventory or the file has changed since the preview, so nothing was imported. Look at the preview again.',
)

const summaryOf = ({ good, bad }: ImportPlan): Imported => {
  const of = (kind: GoodRow['kind']) => good.filter((row) => row.kind === kind).length
  return {
    status: 'imported',
    added: of('new'),
    changed: of('changed'),
    unchanged: of('same'),
    leftOut: bad.length,
  }
}

async function carryOut(tx: Db, actor: Actor, plan: ImportPlan, now: Date): Promise<void> {
  const rows = plan.good
    .filter(({ kind }) => kind !== 'same')
    .map((row) => ({ ...row, id: row.deviceId ?? randomUUID() }))
  const by = { updatedAt: now, updatedBy: actor.name }
  const fresh = rows.filter(({ kind }) => kind === 'new').map(asDevice)
  await insertDevices(
    tx,
    fresh.map((row) => ({ ...row, ...by, createdAt: now })),
  )
  await updateDevices(tx, rows.filter(({ kind }) => kind === 'changed').map(asDevice), by)
  await insertReadingsOfMany(
    tx,
    rows.flatMap((row) => asReadings(row, actor, now)),
  )
  await tellTrials(tx, rows, now)
  await judgeAnew(
    tx,
    rows.map(({ id }) => id),
    now,
  )
}

const orNull = (text: string) => (text === '' ? null : text)

const asDevice = ({ id, draft, mdmServerId }: GoodRow & { id: string }) => ({
  ...draft,
  id,
  mdmServerId,
  labTag: orNull(draft.labTag),
  enrollmentId: orNull(draft.enrollmentId),
  serial: orNull(draft.serial),
  modelIdentifier: orNull(draft.modelIdentifier),
  modelName: orNull(draft.modelName),
})

const asReadings = (row: GoodRow & { id: string }, actor: Actor, now: Date) =>
  row.readings.map(({ field, value }) => ({
    deviceId: row.id,
    field,
    value,
    unknownBecause: value === undefined ? 'the imported file says that it is not known' : null,
    source: 'imported' as const,
    answeredAt: row.readAt ?? now,
    recordedAt: now,
    byId: actor.id,
    byName: actor.name,
  }))

/** An OS that a file tells may end a trial or lose it, like one that a device tells. */
async function tellTrials(tx: Db, rows: readonly (GoodRow & { id: string })[], now: Date) {
  const told = rows.filter(({ readings }) =>
    readings.some(({ field }) => field === 'osVersion' || field === 'osBuild'),
  )
  const ids = await listDevicesInTrials(
    tx,
    told.map(({ id }) => id),
  )
  for (const id of ids) {
    const seenAt = told.find((row) => row.id === id)?.readAt ?? now
    await noticeOsChange(tx, id, { at: seenAt }, now)
  }
}

// Judging costs some milliseconds a device: a large import would hold its locks for minutes.
const judgedAtOnce = 200

async function judgeAnew(tx: Db, ids: readonly string[], now: Date): Promise<void> {
  await refreshVerdicts(tx, ids.slice(0, judgedAtOnce), now)
  await awaitVerdicts(tx, ids.slice(judgedAtOnce), now)
}
