import { copyTrial } from '@/lib/core/record/copy-trial'
import { exportReport, reportTrial } from '@/lib/core/record/report/report-trial'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

/** One call of each service that gives a trial as a whole. */
export const reportCalls: Record<string, Call> = {
  'copy-trial.copyTrial': (db, actor, { trialId }) => copyTrial(db, actor, { trialId }, now),
  'report-trial.exportReport': (db, actor, { trialId }) =>
    exportReport(db, actor, { trialId }, now),
  'report-trial.reportTrial': (db, actor, { trialId }) => reportTrial(db, actor, { trialId }, now),
}
