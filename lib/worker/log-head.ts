import type { Sql } from 'postgres'
import { findHead } from '@/lib/db/audit/log'
import type { createLog } from '@/lib/log'

const hourMs = 60 * 60 * 1000

/**
 * Logs the head of the audit trail now and every hour, so that a copy exists outside of the database: whoever
 * verifies a trail or restores a backup is asked for the newest one.
 * @returns a function that stops it
 */
export function logHead(sql: Sql, log: ReturnType<typeof createLog>, everyMs = hourMs): () => void {
  const write = () =>
    findHead(sql).then(
      (head) => log.info(head, 'audit trail head'),
      (error: unknown) => log.error({ err: error }, 'the audit trail head was not read'),
    )
  void write()
  const timer = setInterval(write, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
