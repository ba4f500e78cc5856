import 'server-only'
import { createNoticeBoard } from '@/lib/db/notices'
import { sql } from '@/lib/db/pool'

// One LISTEN per process, kept over dev reloads as the pool is.
const shared: typeof globalThis & { onewayNotices?: ReturnType<typeof createNoticeBoard> } =
  globalThis

/** Hears what the database's triggers tell. */
export const subscribeToNotices: ReturnType<typeof createNoticeBoard> = (listener) => {
  shared.onewayNotices ??= createNoticeBoard(sql)
  return shared.onewayNotices(listener)
}
