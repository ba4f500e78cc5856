import { and, asc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '@/lib/db/client'
import { customFields, deviceFieldValues } from '@/lib/db/schema/custom-fields'
import { devices } from '@/lib/db/schema/schema'
import type { CustomField } from '@/lib/domain/device/custom-field'
import type { FrozenField } from '@/lib/domain/trial/starting-facts'

export type FieldRow = typeof customFields.$inferSelect
export type NewFieldRow = typeof customFields.$inferInsert
export type FieldValueRow = typeof deviceFieldValues.$inferSelect
export type NewFieldValue = Omit<typeof deviceFieldValues.$inferInsert, 'id' | 'simulated'>

/** All custom fields in the order of their names: those in use, or the retired ones too. */
export async function listFieldRows(
  db: Db,
  { withRetired = false }: { withRetired?: boolean } = {},
): Promise<FieldRow[]> {
  return db
    .select()
    .from(customFields)
    .where(withRetired ? undefined : isNull(customFields.retiredAt))
    .orderBy(asc(sql`lower(${customFields.name})`))
}

export const asField = (row: FieldRow): CustomField => {
  const { id, name, type, unit, options, required, help, inStartingState, retiredAt } = row
  return {
    id,
    name,
    type,
    unit,
    options,
    required,
    help,
    inStartingState,
    retired: retiredAt !== null,
  }
}

export const listCustomFields = async (
  db: Db,
  which: { withRetired?: boolean } = {},
): Promise<CustomField[]> => (await listFieldRows(db, which)).map(asField)

export async function findFieldRow(
  db: Db,
  fieldId: string,
  { lock = false }: { lock?: boolean } = {},
): Promise<FieldRow | undefined> {
  const found = db.select().from(customFields).where(eq(customFields.id, fieldId))
  const [row] = await (lock ? found.for('update') : found)
  return row
}

/** These custom fields, locked so that none is retired until the transaction ends. */
export async function lockFieldRows(db: Db, ids: readonly string[]): Promise<FieldRow[]> {
  if (ids.length === 0) return []
  return db
    .select()
    .from(customFields)
    .where(inArray(customFields.id, [...ids]))
    .orderBy(asc(customFields.id))
    .for('share')
}

export async function insertField(db: Db, field: NewFieldRow): Promise<string> {
  const [row] = await db.insert(customFields).values(field).returning({ id: customFields.id })
  if (!row) throw new Error('the custom field was not written')
  return row.id
}

export async function updateField(db: Db, id: string, set: Partial<NewFieldRow>): Promise<void> {
  await db.update(customFields).set(set).where(eq(customFields.id, id))
}

const later = alias(deviceFieldValues, 'later')
/** Of a row of values: it is the current one, which no other corrects. */
const isCurrent = sql`not exists (select from ${deviceFieldValues} ${later} where ${later.correctsId} = ${deviceFieldValues.id})`

/** How many devices have a value of each field now, by field. */
export async function countFieldValues(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .select({ fieldId: deviceFieldValues.fieldId, count: sql<number>`count(*)::int` })
    .from(deviceFieldValues)
    .where(and(isCurrent, sql`${deviceFieldValues.value} is not null`))
    .groupBy(deviceFieldValues.fieldId)
  return new Map(rows.map(({ fieldId, count }) => [fieldId, count]))
}

export const hasValues = async (db: Db, fieldId: string): Promise<boolean> =>
  (await db.$count(deviceFieldValues, eq(deviceFieldValues.fieldId, fieldId))) > 0

/** Options of a choice that some device has now. */
export async function listOptionsInUse(db: Db, fieldId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ value: deviceFieldValues.value })
    .from(deviceFieldValues)
    .where(and(eq(deviceFieldValues.fieldId, fieldId), isCurrent))
  return rows.flatMap(({ value }) => value ?? [])
}

/** The current value row of each field, by device and field; one whose value was taken away has null. */
export type CurrentValues = ReadonlyMap<string, ReadonlyMap<string, FieldValueRow>>

export async function currentFieldValues(
  db: Db,
  deviceIds: readonly string[],
): Promise<CurrentValues> {
  if (deviceIds.length === 0) return new Map()
  const rows = await db
    .select()
    .from(deviceFieldValues)
    .where(
      and(
        sql`${deviceFieldValues.deviceId} = any(${sql.param([...deviceIds])}::uuid[])`,
        isCurrent,
      ),
    )
  const byDevice = Map.groupBy(rows, ({ deviceId }) => deviceId)
  return new Map(
    [...byDevice].map(([deviceId, own]) => [
      deviceId,
      new Map(own.map((row) => [row.fieldId, row])),
    ]),
  )
}

/** Every value that a device ever had, the newest first. */
export const listFieldHistory = (db: Db, deviceId: string): Promise<FieldValueRow[]> =>
  db
    .select()
    .from(deviceFieldValues)
    .where(eq(deviceFieldValues.deviceId, deviceId))
    .orderBy(sql`${deviceFieldValues.id} desc`)

// 9 values per row; PostgreSQL accepts 65,535 parameters per statement.
const rowsAtOnce = 5000

export async function insertFieldValues(db: Db, rows: readonly NewFieldValue[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce)
    await db.insert(deviceFieldValues).values(rows.slice(start, start + rowsAtOnce))
}

/** The names of the required fields of which each of these devices has no value; a complete device has no entry. */
export async function listMissingFields(
  db: Db,
  deviceIds: readonly string[],
): Promise<Map<string, string[]>> {
  const required = (await listFieldRows(db)).filter((field) => field.required)
  if (required.length === 0) return new Map()
  const values = await currentFieldValues(db, deviceIds)
  const missing = deviceIds.map((id): [string, string[]] => {
    const own = values.get(id)
    return [
      id,
      required.filter((field) => own?.get(field.id)?.value == null).map(({ name }) => name),
    ]
  })
  return new Map(missing.filter(([, names]) => names.length > 0))
}

/** The fields that are part of the starting state, as the device has them now. */
export async function readFrozenFields(db: Db, deviceId: string): Promise<FrozenField[]> {
  const [fields, values] = await Promise.all([
    listFieldRows(db),
    currentFieldValues(db, [deviceId]),
  ])
  return fields
    .filter(({ inStartingState }) => inStartingState)
    .map(({ id, name, type, unit }) => {
      const own = values.get(deviceId)?.get(id)
      const has = own?.value != null
      return {
        ...{ fieldId: id, name, type, unit },
        value: own?.value ?? null,
        at: has ? own.at.toISOString() : null,
        by: has ? own.byName : null,
      }
    })
}

/** The devices whose current value of a field is this one; of a text, those that contain it; '' finds those without. */
export function hasFieldValue(fieldId: string, text: string): SQL {
  const current = (condition: SQL) =>
    sql`exists (select from ${deviceFieldValues} where ${deviceFieldValues.deviceId} = ${devices.id}
      and ${deviceFieldValues.fieldId} = ${fieldId} and ${isCurrent} and ${condition})`
  if (text === '') return sql`not ${current(sql`${deviceFieldValues.value} is not null`)}`
  const isText = sql`(select ${customFields.type} from ${customFields} where ${customFields.id} = ${fieldId}) = 'text'`
  return current(
    sql`case when ${isText} then position(lower(${text}) in lower(${deviceFieldValues.value})) > 0
      else lower(${deviceFieldValues.value}) = lower(${text}) end`,
  )
}

/** Devices with a current value that contains a pattern of LIKE, in lower case. */
export const someFieldValueLike = (pattern: string): SQL =>
  sql`exists (select from ${deviceFieldValues} where ${deviceFieldValues.deviceId} = ${devices.id}
    and ${isCurrent} and lower(${deviceFieldValues.value}) like ${pattern})`
