import { sql } from 'drizzle-orm'
import { groupChanges, type RecordChange } from '@/lib/domain/record-change'
import type { Db } from '../client'
import { pastSchema } from './past-views'

/** A moment of the record: the time, and the last trail entry by then; 0 if there was none. */
export type Moment = { at: Date; seq: number }

/**
 * The moment of a time, found by binary search, as `seq` has no gaps and `at` grows with it. If the server's clock was
 * set back, a time that occurred twice gives one of the two moments.
 */
export async function findMoment(db: Db, at: Date): Promise<Moment> {
  const [row] = await db.execute<{ seq: number }>(sql`
    with recursive halving (low, high) as (
      select 0::bigint, (select coalesce(max(seq), 0) from audit_log)
      union all
      select case when entry.at <= ${at.toISOString()} then entry.seq else low end,
        case when entry.at <= ${at.toISOString()} then high else entry.seq - 1 end
      from halving join audit_log entry on entry.seq = (low + high + 1) / 2
      where low < high
    )
    select low::float8 as seq from halving order by high - low limit 1`)
  return { at, seq: row?.seq ?? 0 }
}

/**
 * Runs the same queries as for today on the record at a past moment, in a read-only transaction in which the table
 * names mean the views of the past. A table without such a view does not exist there, so that no present data slips in.
 */
export function inThePast<T>(
  db: Db,
  { at, seq }: Moment,
  run: (then: Db) => Promise<T>,
): Promise<T> {
  return db.transaction(
    async (then) => {
      await then.execute(sql`
        select set_config('search_path', ${pastSchema}, true),
          set_config('oneway.past_seq', ${String(seq)}, true),
          set_config('oneway.past_at', ${at.toISOString()}, true)`)
      return run(then)
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

/**
 * How a row came into the trail: `baseline` if it existed before the trail watched its table. `at` is the first
 * millisecond whose history shows it.
 */
export type Beginning = { kind: 'insert' | 'baseline'; at: Date; seq: number }

/** The beginning of a row; undefined if the trail does not know it. */
export async function findBeginning(
  db: Db,
  table: 'devices' | 'trials',
  rowId: string,
): Promise<Beginning | undefined> {
  const [row] = await db.execute<{ kind: Beginning['kind']; at: string; seq: number }>(sql`
    select kind, audit_time(at) as at, seq::float8 as seq from audit_log
    where table_name = ${table} and row_id = ${rowId} and kind in ('insert', 'baseline')
    order by seq limit 1`)
  return row && { ...row, at: endOf(row.at) }
}

type EntryRow = { at: string; by: string; table: string }

/** What changed on a device or a trial, the newest first, from the newest `max` entries. */
export async function listRecordChanges(
  db: Db,
  about: 'device' | 'trial',
  id: string,
  max = 500,
): Promise<RecordChange[]> {
  const column = about === 'device' ? sql`device_id` : sql`trial_id`
  const rows = await db.execute<EntryRow>(sql`
    select audit_time(at) as at, by_name as by, table_name as "table" from audit_log
    where ${column} = ${id} and table_name is not null order by seq desc limit ${max}`)
  return groupChanges(rows.map((row) => ({ ...row, at: endOf(row.at) })))
}

/** A time rounded up to the next millisecond, as a Date would cut microseconds off. */
const endOf = (at: string) => new Date(Date.parse(at) + (/000Z$/.test(at) ? 0 : 1))
