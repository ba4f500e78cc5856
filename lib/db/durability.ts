import { sql } from 'drizzle-orm'
import type { Db } from './client'

/**
 * Why a COMMIT on this connection may not survive a power cut; undefined where it does. A command is
 * an external action, for which PostgreSQL's manual rules out asynchronous commit:
 * https://www.postgresql.org/docs/18/wal-async-commit.html
 */
export async function findDurabilityProblem(db: Db): Promise<string | undefined> {
  const [row] = await db.execute<Record<string, string>>(sql`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
      current_setting('full_page_writes') as full_page_writes`)
  const off = Object.entries(row ?? {}).filter(([, value]) => value === 'off')
  return off.length === 0
    ? undefined
    : `releasing is locked: PostgreSQL runs with ${off.map(([name]) => `${name}=off`).join(', ')}, so a power cut could lose the record of a command`
}
