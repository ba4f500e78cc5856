import { and, asc, desc, eq, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { trialReviews } from '@/lib/db/schema/review'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { targetOf } from '@/lib/db/schema/trial-factors'
import type { Environment, SortDirection } from '@/lib/domain/device/device'
import type { TrialFilter, TrialSort } from '@/lib/domain/trial/trial-filter'
import { endOfTrial } from './trial-end'
import { isOfTrialsAlone, trialsMatching } from './trial-filter'

const shownColumns = {
  id: trials.id,
  number: trials.number,
  state: trials.state,
  simulated: trials.simulated,
  outcome: trials.outcome,
  outcomeAwaits: trials.outcomeAwaits,
  overruled: trials.overruled,
  startOs: trials.startOs,
  startBuild: trials.startBuild,
  endOs: trials.endOs,
  endBuild: trials.endBuild,
  draftedAt: trials.draftedAt,
  draftedBy: trials.draftedBy,
  releasedAt: trials.releasedAt,
  releasedBy: trials.releasedBy,
  deadlineAt: trials.deadlineAt,
  concludedAt: trials.concludedAt,
  deviceId: trials.deviceId,
  labTag: devices.labTag,
  deviceName: devices.name,
  platform: devices.platform,
  modelIdentifier: devices.modelIdentifier,
  modelName: devices.modelName,
  protocolId: protocolVersions.protocolId,
  protocolVersion: protocolVersions.version,
  protocolTitle: sql<string>`${protocolVersions.plan} ->> 'title'`,
  target: targetOf,
  consumed: trials.consumed,
  review: trialReviews.state,
  openQueries: trialReviews.openQueries,
  end: endOfTrial,
}

export type TrialQuery = {
  environment: Environment
  filter?: TrialFilter | undefined
  sort?: TrialSort | undefined
  direction?: SortDirection | undefined
  /** `next` or `previous` of another page of the same query. */
  cursor?: string | undefined
  /** Rows per page, 1–500. */
  limit?: number | undefined
}

/** One page of trials, by keyset, so that the last page is as fast as the first. */
export async function listTrials(db: Db, query: TrialQuery) {
  const limit = Math.min(Math.max(query.limit ?? 50, 1), 500)
  const { key, orderBy, after, backwards } = placeOf(query)
  const rows = await joined(db)
    .where(and(trialsMatching(query.environment, query.filter ?? {}), after))
    .orderBy(...orderBy)
    // One row more than is shown, to see whether there is another page.
    .limit(limit + 1)
  const shown = rows.slice(0, limit)
  if (backwards) shown.reverse()
  const more = rows.length > limit
  const [top, bottom] = [shown[0], shown.at(-1)]
  const hasPrevious = backwards ? more : after !== undefined
  return {
    rows: shown,
    next: bottom && (backwards || more) ? cursorAt('after', key, bottom) : undefined,
    previous: top && hasPrevious ? cursorAt('before', key, top) : undefined,
  }
}

const joined = (db: Db) =>
  db
    .select(shownColumns)
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .leftJoin(trialReviews, eq(trialReviews.trialId, trials.id))

type TrialPage = Awaited<ReturnType<typeof listTrials>>
export type ListedTrial = TrialPage['rows'][number]

/** What the list of trials counts at most; it says "more than" beyond that, as counting a million takes longer than the page. */
export const maxCounted = 10_000

/** The number of trials that match a filter; with `max`, at most one more than that. */
export async function countTrials(
  db: Db,
  { environment, filter = {} }: Pick<TrialQuery, 'environment' | 'filter'>,
  max?: number,
): Promise<number> {
  const found = db
    .select({ one: sql`1`.as('one') })
    .from(trials)
    .$dynamic()
  if (!isOfTrialsAlone(filter)) {
    found.innerJoin(devices, eq(devices.id, trials.deviceId))
    found.innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
  }
  found.where(trialsMatching(environment, filter))
  if (max !== undefined) found.limit(max + 1)
  const [row] = await db.select({ n: sql<number>`count(*)::int` }).from(found.as('found'))
  return row?.n ?? 0
}

type Side = 'after' | 'before'

// Trials that were never released sort before all others.
const releasedKey = sql<string>`coalesce(${trials.releasedAt}, '-infinity')`

/** The condition and order of a page. A page before a place is read backwards and reversed afterwards. */
function placeOf({ sort = 'number', direction = 'desc', cursor }: TrialQuery) {
  const place = cursor === undefined ? undefined : readCursor(cursor, sort)
  const backwards = place?.side === 'before'
  const rising = (direction === 'asc') !== backwards
  const turn = rising ? asc : desc
  const keys = sort === 'number' ? [trials.number] : [releasedKey, trials.number]
  return {
    key: sort,
    backwards,
    orderBy: keys.map((key) => turn(key)),
    after: place && beyond(place, sort, rising),
  }
}

function beyond(place: Place, sort: TrialSort, rising: boolean): SQL {
  const compare = rising ? sql`>` : sql`<`
  if (sort === 'number') return sql`${trials.number} ${compare} ${place.number}`
  const there = place.released ?? '-infinity'
  return sql`(${releasedKey}, ${trials.number}) ${compare} (${there}::timestamptz, ${place.number})`
}

type Place = { side: Side; number: number; released?: string | undefined }

// The driver reads times to the millisecond, which is what every service writes.
const cursorAt = (side: Side, sort: TrialSort, row: { number: number; releasedAt: Date | null }) =>
  sort === 'number' || row.releasedAt === null
    ? `${side}-${row.number}`
    : `${side}-${row.number}-${row.releasedAt.getTime()}`

const cursorForm = /^(after|before)-(\d{1,9})(?:-(\d{1,13}))?$/

/** Undefined for a malformed cursor; the list then starts at its first page. */
function readCursor(cursor: string, sort: TrialSort): Place | undefined {
  const [, side, number, released] = cursorForm.exec(cursor) ?? []
  if ((side !== 'after' && side !== 'before') || number === undefined) return undefined
  const at = sort === 'released' && released ? new Date(Number(released)) : undefined
  return { side, number: Number(number), released: at?.toISOString() }
}
