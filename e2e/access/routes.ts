import { readdirSync } from 'node:fs'
import path from 'node:path'
import { connect } from '@/lib/db/client'

/** A page or route of app/; its URL has a record of the lab in place of each `[…]`. */
export type Route = { file: string; isPage: boolean; url: string }

type Ids = Record<string, string>

/** The ID of one record of each kind. */
async function findIds(databaseUrl: string): Promise<Ids> {
  const { sql, end } = connect(databaseUrl, { max: 1 })
  const [row] = await sql`select
    (select id from devices order by created_at limit 1) as devices,
    (select id from trials order by id limit 1) as trials,
    (select id from protocols order by id limit 1) as protocols,
    (select id from mdm_servers order by id limit 1) as servers,
    (select max(id) from raw_events) as events`
  await end()
  const found = Object.entries(row ?? {}).map(([noun, id]) => [noun, String(id ?? 'none')])
  return Object.fromEntries(found)
}

const segmentOf = (ids: Ids, noun: string, segment: string): string => {
  const known: Ids = {
    '[id]': ids[noun] ?? 'none',
    '[field]': 'osVersion',
    '[eventId]': ids.events ?? 'none',
    '[file]': 'trials',
    '[...all]': 'get-session',
  }
  return segment.startsWith('[') ? (known[segment] ?? 'none') : segment
}

/** Every page and route, found in the source, so that tests cover new ones without being changed. */
export async function listRoutes(databaseUrl: string): Promise<Route[]> {
  const ids = await findIds(databaseUrl)
  return readdirSync('app', { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?:^|\/)(?:page|route)\.tsx?$/.test(file))
    .sort()
    .map((file) => {
      const segments = path.dirname(file).split('/')
      const [noun = ''] = segments
      const filled = segments
        .filter((segment) => segment !== '.' && !/^\(.*\)$/.test(segment))
        .map((segment) => segmentOf(ids, noun, segment))
      return { file, isPage: /page\.tsx$/.test(file), url: `/${filled.join('/')}` }
    })
}
