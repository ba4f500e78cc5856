import type { Db } from '@/lib/db/client'
import { listHolders } from '@/lib/db/queries/devices/custody'
import { currentFieldValues, listCustomFields } from '@/lib/db/queries/devices/custom-fields'
import { listDevices } from '@/lib/db/queries/devices/device-list'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import type { CustomField } from '@/lib/domain/device/custom-field'
import { type ApiAnswer, answering, refuse } from './answer'
import { devicesQuery, readQuery } from './query'
import { deviceSchema, pageOf } from './schema'

const give = answering(pageOf(deviceSchema))

/** The inventory, a page at a time. */
export async function answerDevices(db: Db, url: URL, now: Date): Promise<ApiAnswer> {
  const read = readQuery(url, devicesQuery)
  if ('problem' in read) return refuse(400, read.problem)
  const { environment: asked, cursor, limit, retired, ...filter } = read.query
  const { environment } = await resolveEnvironment(db, asked)
  const query = { environment, cursor, limit, filter: { ...filter, retired: retired === 'true' } }
  const [{ rows, next }, fields] = await Promise.all([
    listDevices(db, query, now),
    listCustomFields(db),
  ])
  const ids = rows.map(({ id }) => id)
  const [fieldsOf, holders] = await Promise.all([readFields(db, fields, ids), listHolders(db, ids)])
  const data = rows.map((row) => ({
    ...row,
    custody: holders.get(row.id)?.custody ?? null,
    pendingHandOver: holders.get(row.id)?.pendingHandOver ?? null,
    customFields: fieldsOf(row.id),
  }))
  return give({ environment, data, next })
}

/** The custom fields in use with their values, by device. */
async function readFields(db: Db, fields: readonly CustomField[], deviceIds: readonly string[]) {
  const values = fields.length > 0 ? await currentFieldValues(db, deviceIds) : undefined
  return (deviceId: string) =>
    fields.map((field) => {
      const own = values?.get(deviceId)?.get(field.id)
      const given = own?.value == null ? undefined : own
      return {
        ...field,
        value: given?.value ?? null,
        at: given?.at ?? null,
        byName: given?.byName ?? null,
      }
    })
}
