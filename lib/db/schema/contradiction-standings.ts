import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { contradictions, serialId, time, trials } from './schema'

/**
 * Append-only: whether a contradiction that a whole trial shows still stands after an observation of that trial was
 * corrected, and what shows it then. The newest row of a contradiction counts; without one it stands.
 */
export const contradictionStandings = pgTable(
  'contradiction_standings',
  {
    id: serialId(),
    contradictionId: bigint('contradiction_id', { mode: 'number' })
      .notNull()
      .references(() => contradictions.id),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    stands: boolean('stands').notNull(),
    /** What shows it; empty where it does not stand. */
    reason: text('reason').notNull().default(''),
    at: time('at').notNull(),
  },
  (t) => [
    index('contradiction_standings_by_contradiction').on(t.contradictionId, t.id),
    check('a_contradiction_that_stands_has_a_reason', sql`${t.stands} = (${t.reason} <> '')`),
  ],
)
