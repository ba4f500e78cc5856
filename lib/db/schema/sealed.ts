import { bigint, check, pgTable, text } from 'drizzle-orm/pg-core'
import { isSealed } from './rule-sql'
import { rawEvents } from './schema'

/**
 * Webhook bodies with secrets, as received, in base64 and sealed; `raw_events.body` has the same body
 * without the secrets. Only a change of keys updates a row.
 */
export const sealedBodies = pgTable(
  'sealed_bodies',
  {
    rawEventId: bigint('raw_event_id', { mode: 'number' })
      .primaryKey()
      .references(() => rawEvents.id),
    sealed: text('sealed').notNull(),
  },
  (t) => [check('a_body_is_sealed', isSealed(t.sealed))],
)
