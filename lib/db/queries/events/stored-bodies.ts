import { inArray } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { rawEvents } from '@/lib/db/schema/schema'
import { rowsStatement } from '@/lib/db/statements'

type StoredBody = Pick<
  typeof rawEvents.$inferInsert,
  'mdmServerId' | 'receivedAt' | 'body' | 'sha256' | 'enrollmentKey'
> & { receipt: string }

const stored = { id: rawEvents.id, receipt: rawEvents.receipt }
const insertingMany = (db: Db, events: readonly StoredBody[]) =>
  db
    .insert(rawEvents)
    .values([...events])
    .onConflictDoNothing({ target: rawEvents.receipt })
    .returning(stored)
const inserting = rowsStatement(insertingMany)
/** More at once come in a flood only, as many different numbers of them. */
const maxBuiltOnce = 40

/** Stores webhook bodies in one statement, which is all that must happen before the webhook is answered 200. */
export async function insertRawEvents(db: Db, events: readonly StoredBody[]): Promise<number[]> {
  if (events.length === 0) return []
  const inserted = await (events.length <= maxBuiltOnce ? inserting : insertingMany)(db, events)
  const idOf = new Map(inserted.map(({ id, receipt }) => [receipt, id]))
  const before = events.flatMap(({ receipt }) => (idOf.has(receipt) ? [] : [receipt]))
  // An earlier attempt stored them, and only the result of its COMMIT was lost (F29).
  if (before.length > 0)
    for (const { id, receipt } of await db
      .select(stored)
      .from(rawEvents)
      .where(inArray(rawEvents.receipt, before)))
      idOf.set(receipt, id)
  return events.map(({ receipt }) => {
    const id = idOf.get(receipt)
    if (id === undefined) throw new Error('a webhook body was not written')
    return id
  })
}
