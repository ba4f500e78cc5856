import 'server-only'
import type { Sql } from 'postgres'
import { createNoticeBoard } from '@/lib/db/queries/notices'

type Subscribe = ReturnType<typeof createNoticeBoard>

// One LISTEN per process, kept over dev reloads as the pool is.
const shared: typeof globalThis & { onewayNotices?: Subscribe } = globalThis

/** Hears what the database's triggers tell. */
export const subscribeToNotices = (sql: Sql, listener: Parameters<Subscribe>[0]) => {
  shared.onewayNotices ??= createNoticeBoard(sql)
  return shared.onewayNotices(listener)
}
