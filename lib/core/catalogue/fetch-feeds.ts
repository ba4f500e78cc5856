import type { Db } from '@/lib/db/client'
import {
  claimFetch,
  endFetch,
  getDailySources,
  listFetchesOn,
  storeDailySources,
} from '@/lib/db/queries/catalogue/fetches'
import { listLabModels } from '@/lib/db/queries/catalogue/lab-devices'
import { transact } from '@/lib/db/transact'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import type { FeedKind } from '@/lib/domain/catalogue/feed'
import { addressOf, type FeedSource, fetchedSources } from '@/lib/domain/catalogue/feed-source'
import { forbidden, type Refusal, refused } from '../shared/result'
import { type ImportedFeed, type NotImported, storeFeed } from './import-feed'

/** What a request to a source brought: the bytes of a whole answer, or why there is none. */
export type FetchedFeed =
  | { status: 'read'; bytes: Uint8Array }
  | { status: 'failed'; reason: string }

/** Chooses the sources that the worker reads once a day; none switches it off. */
export async function chooseDailySources(
  db: Db,
  actor: Actor,
  { sources }: { sources: readonly FeedSource[] },
  now: Date,
): Promise<{ status: 'saved'; sources: FeedSource[] } | Refusal> {
  const no = forbidden(actor, 'importCatalogue')
  if (no) return no
  const chosen = fetchedSources.filter((one) => sources.includes(one))
  if (sources.some((one) => !fetchedSources.includes(one)))
    return refused(`A source is one of ${fetchedSources.join(', ')}.`, 'sources')
  const by = { changedAt: now, changedBy: actor.name }
  return transact(db, actor, async (tx) => {
    await storeDailySources(tx, chosen, by)
    return { status: 'saved', sources: chosen }
  })
}

/** A lab has a few dozen models; of more, the others are left to an upload. */
const maxModels = 60

const expected: Record<FeedSource, FeedKind> = {
  pmv: 'pmv',
  sofa: 'sofa',
  ipsw: 'ipswDevice',
  appledb: 'appledbOs',
}

/**
 * Reads the next source that is due today, one at a time. The request of a day to an address is claimed before it is
 * made, so that two workers, or one that was started again, never ask twice. No transaction is open meanwhile. What
 * fails or is refused leaves the last good copy in use, and waits for tomorrow.
 * @param request makes the request and must not reject
 * @returns 1 where a request was made, 0 where nothing is due
 */
export async function fetchNextFeed(
  db: Db,
  request: (url: string) => Promise<FetchedFeed>,
  clock: () => Date,
): Promise<number> {
  const startedAt = clock()
  const day = startedAt.toISOString().slice(0, 10)
  const next = await nextDue(db, day)
  if (!next) return 0
  const { source, scope } = next
  const id = await transact(db, systemActor, (tx) =>
    claimFetch(tx, { source, scope, day, startedAt }),
  )
  if (id === undefined) return 0
  const answer = await request(addressOf(source, scope))
  const end =
    answer.status === 'failed'
      ? { result: 'failed' as const, reason: answer.reason.slice(0, 500), importId: null }
      : endOf(await keep(db, source, { bytes: answer.bytes, scope, day }, clock()))
  await transact(db, systemActor, (tx) => endFetch(tx, id, { ...end, endedAt: clock() }))
  return 1
}

type Due = { source: FeedSource; scope: string }

async function nextDue(db: Db, day: string): Promise<Due | undefined> {
  const sources = await getDailySources(db)
  if (sources.length === 0) return undefined
  const models = sources.includes('ipsw') ? await listLabModels(db, maxModels) : []
  const due = sources.flatMap((source): Due[] =>
    (source === 'ipsw' ? models : ['']).map((scope) => ({ source, scope })),
  )
  const done = await listFetchesOn(db, day)
  return due.find(({ source, scope }) => !done.has(`${source} ${scope}`))
}

const keep = (
  db: Db,
  source: FeedSource,
  { bytes, scope, day }: { bytes: Uint8Array; scope: string; day: string },
  now: Date,
) => {
  const want = { kind: expected[source], ...(scope !== '' && { scope }) }
  const file = {
    bytes,
    fileName: addressOf(source, scope),
    readOn: day,
    way: 'fetch' as const,
    want,
  }
  return storeFeed(db, systemActor, file, now)
}

function endOf(result: ImportedFeed | NotImported) {
  if (result.status === 'refused')
    return { result: 'refused' as const, reason: result.reason.slice(0, 500), importId: null }
  const { unchanged, importId } = result
  return {
    result: unchanged ? ('unchanged' as const) : ('stored' as const),
    reason: null,
    importId,
  }
}
