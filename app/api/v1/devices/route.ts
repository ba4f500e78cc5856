import { type AuthorizedByRoute, authorizeApi } from '@/lib/auth/guard'
import { listDevices } from '@/lib/db/queries/devices/device-list'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { answerWith, refuse } from '../answer'
import { devicesQuery, readQuery } from '../query'
import { deviceSchema, pageOf } from '../schema'

/** The inventory, a page at a time. */
export const GET = (request: Request): Promise<Response> =>
  authorizeApi(request, 'look', (authorized) => answer(authorized, request))

async function answer({ db }: AuthorizedByRoute, request: Request): Promise<Response> {
  const read = readQuery(request, devicesQuery)
  if ('problem' in read) return refuse(400, read.problem)
  const { environment: asked, cursor, limit, retired, ...filter } = read.query
  const { environment } = await resolveEnvironment(db, asked)
  const query = { environment, cursor, limit, filter: { ...filter, retired: retired === 'true' } }
  const { rows, next } = await listDevices(db, query, new Date())
  return answerWith(pageOf(deviceSchema), { environment, data: rows, next })
}
