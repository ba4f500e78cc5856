import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { trialKeyForm } from '@/lib/domain/report/lab-report'
import { frozenReports } from './frozen-reports'
import { hasForm } from './rule-sql'
import { serialId, trials } from './schema'

/** Append-only: which trial left in which report for other labs, and under which key. */
export const labReportTrials = pgTable(
  'lab_report_trials',
  {
    id: serialId(),
    frozenReportId: uuid('frozen_report_id')
      .notNull()
      .references(() => frozenReports.id),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    trialKey: text('trial_key').notNull(),
  },
  (t) => [
    uniqueIndex('a_trial_leaves_once_in_a_report').on(t.frozenReportId, t.trialId),
    index('lab_report_trials_by_trial').on(t.trialId),
    check('a_trial_that_leaves_has_a_key', hasForm(t.trialKey, trialKeyForm.source)),
  ],
)
