import { type EnteredByRoute, enterApi } from '@/lib/auth/door'
import { listDevices } from '@/lib/db/queries/devices/device-list'
import { resolveWorld } from '@/lib/db/queries/worlds'
import { answerWith, refuse } from '../answer'
import { devicesQuery, readQuery } from '../query'
import { deviceSchema, pageOf } from '../schema'

/** The inventory, a page at a time. */
export const GET = (request: Request): Promise<Response> =>
  enterApi(request, 'look', (entered) => answer(entered, request))

async function answer({ db }: EnteredByRoute, request: Request): Promise<Response> {
  const read = readQuery(request, devicesQuery)
  if ('problem' in read) return refuse(400, read.problem)
  const { world: asked, cursor, limit, retired, ...filter } = read.query
  const { world } = await resolveWorld(db, asked)
  const query = { world, cursor, limit, filter: { ...filter, retired: retired === 'true' } }
  const { rows, next } = await listDevices(db, query, new Date())
  return answerWith(pageOf(deviceSchema), { world, data: rows, next })
}
