import { randomUUID } from 'node:crypto'
import { recordOsChange } from '@/lib/core/ingest/detect-os-change'
import { refreshVerdicts } from '@/lib/core/kernel/judge-device'
import type { Db } from '@/lib/db/client'
import { insertFieldValues } from '@/lib/db/queries/devices/custom-fields'
import {
  awaitVerdicts,
  insertDevices,
  listDevicesInTrials,
  updateDevices,
} from '@/lib/db/queries/devices/devices-at-once'
import { insertReadingsOfMany } from '@/lib/db/queries/devices/readings'
import type { Actor } from '@/lib/domain/account/permissions'
import { osFields } from '@/lib/domain/reading/reading-order'
import type { GoodRow } from './import-types'
import type { ImportPlan } from './plan-import'

/** A good row and the device it was written to. */
export type WrittenRow = GoodRow & { id: string }

/**
 * Writes the good rows of a plan: devices, readings, and what follows from them.
 * @returns all good rows with their devices
 */
export async function writeImport(
  tx: Db,
  actor: Actor,
  plan: ImportPlan,
  now: Date,
): Promise<WrittenRow[]> {
  const all = plan.good.map((row) => ({ ...row, id: row.deviceId ?? randomUUID() }))
  const rows = all.filter(({ kind }) => kind !== 'same')
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
  await insertFieldValues(
    tx,
    rows.flatMap(({ id, fields }) =>
      fields.map((field) => ({
        ...{ ...field, deviceId: id, source: 'imported' as const, at: now },
        ...{ byId: actor.id, byName: actor.name },
      })),
    ),
  )
  await recordOsChanges(tx, rows, now)
  await judgeAgain(
    tx,
    rows.map(({ id }) => id),
    now,
  )
  return all
}

const orNull = (text: string) => (text === '' ? null : text)

const asDevice = ({ id, draft, mdmServerId }: WrittenRow) => ({
  ...draft,
  id,
  mdmServerId,
  labTag: orNull(draft.labTag),
  enrollmentId: orNull(draft.enrollmentId),
  serial: orNull(draft.serial),
  modelIdentifier: orNull(draft.modelIdentifier),
  modelName: orNull(draft.modelName),
})

const asReadings = (row: WrittenRow, actor: Actor, now: Date) =>
  row.readings.map(({ field, value }) => ({
    deviceId: row.id,
    field,
    value,
    unknownReason: value === undefined ? 'the imported file says that it is not known' : null,
    source: 'imported' as const,
    answeredAt: row.readAt ?? now,
    ageUnknown: row.readAt === undefined,
    recordedAt: now,
    byId: actor.id,
    byName: actor.name,
  }))

/**
 * Compares imported OS readings with the devices' trials, as for answers of devices. Not those without a time: they
 * may be older than the trial.
 */
async function recordOsChanges(tx: Db, rows: readonly WrittenRow[], now: Date) {
  const reported = rows.filter(
    ({ readings, readAt }) =>
      readAt !== undefined &&
      readings.some(({ field }) => osFields.some((osField) => osField === field)),
  )
  const ids = await listDevicesInTrials(
    tx,
    reported.map(({ id }) => id),
  )
  for (const id of ids) {
    const seenAt = reported.find((row) => row.id === id)?.readAt ?? now
    await recordOsChange(tx, id, { at: seenAt }, now)
  }
}

// Judging takes some milliseconds for each device; for a large import all of them would hold its locks for minutes.
const judgedAtOnce = 200

async function judgeAgain(tx: Db, ids: readonly string[], now: Date): Promise<void> {
  await refreshVerdicts(tx, ids.slice(0, judgedAtOnce), now)
  await awaitVerdicts(tx, ids.slice(judgedAtOnce), now)
}
