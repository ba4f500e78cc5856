import { bigint, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

// What the export of trials need not compute again. Only the database writes these tables:
// docs/decisions/107-lines-of-trials-kept.md. No foreign keys: they would lock trials that somebody is changing.

/** A trial as its line of the CSV, without the column `trail_head`. It counts while no mark stands against its trial. */
export const trialLines = pgTable('trial_lines', {
  trialNumber: integer('trial_number').primaryKey(),
  line: text('line').notNull(),
})

/** Trials of which something has changed since their line was made, or that have none yet. */
export const trialLineMarks = pgTable(
  'trial_line_marks',
  {
    trialNumber: integer('trial_number').notNull(),
    /** Two transactions mark a trial at once without waiting for each other. */
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
  },
  (t) => [primaryKey({ columns: [t.trialNumber, t.id] })],
)
