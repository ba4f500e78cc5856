import { type AuthorizedByRoute, authorizeApi } from '@/lib/auth/guard'
import type { Db } from '@/lib/db/client'
import { currentCustodies } from '@/lib/db/queries/devices/custody'
import { currentFieldValues, listCustomFields } from '@/lib/db/queries/devices/custom-fields'
import { listDevices } from '@/lib/db/queries/devices/device-list'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { answerWith, refuse } from '../answer'
import { devicesQuery, readQuery } from '@/lib/api/query'
import { deviceSchema, pageOf } from '@/lib/api/schema'

/** The inventory, a page at a time. */
export const GET = (request: Request): Promise<Response> =>
  authorizeApi(request, 'look', (authorized) => answer(authorized, request))

/** The custom fields in use with their values, by device. */
async function readFields(db: Db, deviceIds: readonly string[]) {
  const [fields, values] = await Promise.all([
    listCustomFields(db),
    currentFieldValues(db, deviceIds),
  ])
  return (deviceId: string) =>
    fields.map((field) => {
      const own = values.get(deviceId)?.get(field.id)
      const given = own?.value == null ? undefined : own
      return {
        ...field,
        value: given?.value ?? null,
        at: given?.at ?? null,
        byName: given?.byName ?? null,
      }
    })
}

async function answer({ db }: AuthorizedByRoute, request: Request): Promise<Response> {
  const read = readQuery(request, devicesQuery)
  if ('problem' in read) return refuse(400, read.problem)
  const { environment: asked, cursor, limit, retired, ...filter } = read.query
  const { environment } = await resolveEnvironment(db, asked)
  const query = { environment, cursor, limit, filter: { ...filter, retired: retired === 'true' } }
  const { rows, next } = await listDevices(db, query, new Date())
  const ids = rows.map(({ id }) => id)
  const [fieldsOf, custodies] = await Promise.all([readFields(db, ids), currentCustodies(db, ids)])
  const data = rows.map((row) => ({
    ...row,
    custody: custodies.get(row.id)?.open ?? null,
    pendingHandOver: custodies.get(row.id)?.pending ?? null,
    customFields: fieldsOf(row.id),
  }))
  return answerWith(pageOf(deviceSchema), { environment, data, next })
}
