import type postgres from 'postgres'
import { clientOf } from '../driver/client-proxies'
import { createChainWalk, type EntryText, type Head } from './chain'
import { listMismatches, type Mismatch } from './check-evidence'
import { listFoldMismatches } from './check-folds'

// 5,000 entries take a few megabytes.
const pageSize = 5_000

/** The columns of a select from audit_log, each as the text that is hashed. */
export const entryColumns = `seq::text, audit_time(at) as at, by_id as "byId", by_name as "byName",
  by_role as "byRole", login, kind, table_name as "tableName", row_id as "rowId",
  device_id::text as "deviceId", trial_id::text as "trialId", old::text, new::text, reason, previous, hash`

const page = (sql: postgres.Sql, after: number) => sql<EntryText[]>`
  select ${sql.unsafe(entryColumns)}
  from audit_log where audit_log.seq > ${after} order by audit_log.seq limit ${pageSize}`

/** Every entry in the order of the chain, as text. @param sql a transaction on one snapshot */
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

/** Runs reads on one snapshot of the database. */
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
  /** The number of valid entries from the first on. */
  entries: number
  head: Head
  /** The first invalid entry; nothing after it is verified. */
  broken: { seq: number; reason: string } | undefined
  /** Rows that differ from the trail, and rows of caches that differ from the fold of the record. */
  mismatches: Mismatch[]
}

/** Walks the chain. @param tx a transaction on one snapshot */
export async function walkChain(
  tx: postgres.Sql,
  kept?: Head,
): Promise<Omit<Verified, 'mismatches'>> {
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
 * Verifies the whole chain, compares every watched row with it, and computes the caches again.
 * @param kept a head that was stored outside this database; it must be in the chain
 */
export function verifyTrail(sql: postgres.Sql, kept?: Head): Promise<Verified> {
  return atOneMoment(sql, async (tx) => ({
    ...(await walkChain(tx, kept)),
    mismatches: [...(await listMismatches(tx)), ...(await listFoldMismatches(tx))],
  }))
}

const outsideProblem = ({ seq }: Head) => ({
  seq,
  reason:
    'the head that was kept elsewhere is not in this chain: entries were removed, or all were rewritten',
})
