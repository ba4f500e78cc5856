import { Readable } from 'node:stream'
import { copyTrial } from '@/lib/core/record/copy-trial'
import { exportCsv } from '@/lib/core/record/export-csv'
import { exportStudy } from '@/lib/core/record/export-study'
import { freezeReport } from '@/lib/core/record/frozen/freeze-report'
import { verifyFile } from '@/lib/core/record/frozen/verify-file'
import {
  importLabReport,
  previewLabImport,
  withdrawLabReport,
} from '@/lib/core/record/lab-report/import-lab-report'
import { makeLabReport, previewLabReport } from '@/lib/core/record/lab-report/make-lab-report'
import { exportReport, reportTrial } from '@/lib/core/record/report/report-trial'
import { makeShareLink, previewShare, revokeShareLink } from '@/lib/core/record/share/share-report'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

const none = async () => new Uint8Array()
const writers = {
  copyAt: none,
  pdf: async () => ({ status: 'rendered' as const, pdf: await none() }),
}

/** One call of each service that gives a trial as a whole. */
export const reportCalls: Record<string, Call> = {
  'copy-trial.copyTrial': (db, actor, { trialId }) => copyTrial(db, actor, { trialId }, now),
  'freeze-report.freezeReport': (db, actor, { deviceId }) =>
    freezeReport(
      db,
      actor,
      { title: 'tried by the matrix', environment: 'real', filter: { device: deviceId } },
      writers,
      now,
    ),
  'make-lab-report.previewLabReport': (db, actor, { deviceId }) =>
    previewLabReport(db, actor, { environment: 'real', filter: { device: deviceId } }),
  'make-lab-report.makeLabReport': (db, actor, { deviceId }) =>
    makeLabReport(
      db,
      actor,
      {
        ...{ environment: 'real', filter: { device: deviceId }, chosen: [], digest: '' },
        ...{ title: 'tried by the matrix', labName: 'Lab' },
      },
      now,
    ),
  'import-lab-report.previewLabImport': (db, actor) =>
    previewLabImport(db, actor, new Uint8Array([1]), now),
  'import-lab-report.importLabReport': (db, actor) =>
    importLabReport(db, actor, { bytes: new Uint8Array([1]), sha256: '', labName: 'Lab' }, now),
  'import-lab-report.withdrawLabReport': (db, actor, { trialId }) =>
    withdrawLabReport(db, actor, { id: trialId, reason: 'tried by the matrix' }, now),
  'verify-file.verifyFile': (db, actor) =>
    verifyFile(db, actor, { bytes: new Uint8Array([1]), name: 'a.zip' }),
  'share-report.previewShare': (db, actor, { trialId }) =>
    previewShare(db, actor, { of: { trialId }, chosen: [] }, now),
  'share-report.makeShareLink': (db, actor, { trialId }) =>
    makeShareLink(
      db,
      actor,
      { of: { trialId }, title: 'tried by the matrix', days: 1, chosen: [], digest: '' },
      now,
    ),
  'share-report.revokeShareLink': (db, actor, { trialId }) =>
    revokeShareLink(db, actor, trialId, now),
  'report-trial.exportReport': (db, actor, { trialId }) =>
    exportReport(db, actor, { trialId }, now),
  'report-trial.reportTrial': (db, actor, { trialId }) => reportTrial(db, actor, { trialId }, now),
  'export-csv.exportCsv': (_db, actor) =>
    exportCsv(
      async () => ({ form: 'csv', rows: Readable.from([]) }),
      actor,
      { kind: 'trials', environment: 'real', filter: {}, bom: false },
      now,
    ),
  'export-study.exportStudy': (_db, actor) =>
    exportStudy(
      async () => Readable.from([]),
      actor,
      { kind: 'trials', environment: 'real', filter: {}, form: 'odm' },
      now,
    ),
}
