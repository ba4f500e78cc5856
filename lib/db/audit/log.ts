import type postgres from 'postgres'
import { clientOf } from '../driver/client-proxies'
import { createChainWalk, type EntryText, type Head } from './chain'
import { listStrayed, type Strayed } from './check-evidence'
import { listForged } from './check-folds'

// Of 5,000 entries a page takes a few megabytes, whatever the length of the trail.
const pageSize = 5_000

/** An entry as its hash is made of it, each column as text; for the list of a select from audit_log. */
export const entryColumns = `seq::text, audit_time(at) as at, by_id as "byId", by_name as "byName",
  by_role as "byRole", login, kind, table_name as "tableName", row_id as "rowId",
  device_id::text as "deviceId", trial_id::text as "trialId", old::text, new::text, reason, previous, hash`

const page = (sql: postgres.Sql, after: number) => sql<EntryText[]>`
  select ${sql.unsafe(entryColumns)}
  from audit_log where audit_log.seq > ${after} order by audit_log.seq limit ${pageSize}`

/** Every entry in the order of the chain, as text; `sql` is one transaction, so that all are of one moment. */
export async function* listEntries(sql: postgres.Sql): AsyncGenerator<EntryText> {
  let after = Number.MIN_SAFE_INTEGER
  for (;;) {
    const entries = await page(sql, after)
    yield* entries
    const last = entries.at(-1)
    if (!last || entries.length < pageSize) return
    after = Number(last.seq)
  }
}

export async function findHead(sql: postgres.Sql): Promise<Head> {
  const [head] = await sql<{ seq: string; hash: string }[]>`select seq, hash from audit_head`
  return head ? { seq: Number(head.seq), hash: head.hash } : { seq: 0, hash: '' }
}

/** Runs something that sees one moment of the database, whatever is written meanwhile. */
export async function atOneMoment<T>(
  sql: postgres.Sql,
  run: (sql: postgres.Sql) => Promise<T>,
): Promise<T> {
  const result = await sql.begin('isolation level repeatable read read only', async (tx) => ({
    value: await run(clientOf(tx)),
  }))
  return result.value as T
}

export type Verified = {
  /** How many entries hold, from the first on. */
  entries: number
  head: Head
  /** The first entry that is wrong; nothing behind it is vouched for. */
  broken: { seq: number; because: string } | undefined
  /** Rows that are not what the trail says, and rows of caches that are not what the record folds to. */
  strayed: Strayed[]
}

/** Walks the chain within a transaction that sees one moment; `strayed` is left to its caller. */
export async function walkChain(tx: postgres.Sql, kept?: Head): Promise<Omit<Verified, 'strayed'>> {
  const walk = createChainWalk()
  let outside = kept === undefined ? undefined : outsideProblem(kept)
  for await (const entry of listEntries(tx)) {
    if (!walk.step(entry)) break
    if (kept && Number(entry.seq) === kept.seq)
      outside = entry.hash === kept.hash ? undefined : outside
  }
  const head = await findHead(tx)
  const { last, broken } = walk.end(head)
  return { entries: last.seq, head, broken: broken ?? outside }
}

/**
 * Walks the whole chain, compares every watched row with it, and folds the caches anew.
 * @param kept a head that somebody kept outside of this database; it must stand in the chain
 */
export function verifyTrail(sql: postgres.Sql, kept?: Head): Promise<Verified> {
  return atOneMoment(sql, async (tx) => ({
    ...(await walkChain(tx, kept)),
    strayed: [...(await listStrayed(tx)), ...(await listForged(tx))],
  }))
}

const outsideProblem = ({ seq }: Head) => ({
  seq,
  because:
    'the head that was kept elsewhere does not stand in this chain: entries were taken off, or all were written anew',
})
