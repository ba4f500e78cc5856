import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import type { DatabaseIdentity, TrailHead } from '@/lib/domain/server/witness'

export type Standing = { identity: DatabaseIdentity; head: TrailHead }

type Row = {
  lab: string
  system: string | null
  oid: string
  name: string
  timeline: string | null
  seq: string
  hash: string
}

/**
 * Which database this connection leads to, and the head of its audit trail. The timeline is that of the current WAL,
 * as the control file shows a promotion later
 * (https://www.postgresql.org/docs/18/functions-admin.html#FUNCTIONS-ADMIN-BACKUP).
 */
export async function readStanding(db: Db): Promise<Standing> {
  const may = await readPrivileges(db)
  const system = may.system ? sql`(select system_identifier::text from pg_control_system())` : null
  const timeline = may.timeline
    ? sql`case when not pg_is_in_recovery() then substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) end`
    : null
  const [row] = await db.execute<Row>(sql`
    select (select hash from audit_log where seq = 1) as lab, ${system}::text as system,
      (select oid::text from pg_database where datname = current_database()) as oid,
      current_database() as name, ${timeline}::text as timeline, seq::text as seq, hash
    from audit_head`)
  if (!row?.lab) throw new Error('the audit trail has no first entry')
  return {
    identity: {
      lab: row.lab,
      system: row.system ?? undefined,
      databaseOid: Number(row.oid),
      databaseName: row.name,
      timeline: row.timeline === null ? undefined : Number.parseInt(row.timeline, 16),
    },
    head: { seq: Number(row.seq), hash: row.hash },
  }
}

/** Whether these functions may be called; some hosting providers forbid them, and a refused call ends the transaction. */
async function readPrivileges(db: Db): Promise<{ system: boolean; timeline: boolean }> {
  const [may] = await db.execute<{ system: boolean; timeline: boolean }>(sql`
    select has_function_privilege('pg_control_system()', 'execute') as system,
      has_function_privilege('pg_walfile_name(pg_lsn)', 'execute')
        and has_function_privilege('pg_current_wal_lsn()', 'execute') as timeline`)
  return may ?? { system: false, timeline: false }
}

/** Whether the trail still has an entry with this number and hash. */
export async function standsInTrail(db: Db, { seq, hash }: TrailHead): Promise<boolean> {
  if (seq === 0) return true
  const [entry] = await db.execute<{ hash: string }>(
    sql`select hash from audit_log where seq = ${seq}`,
  )
  return entry?.hash === hash
}
