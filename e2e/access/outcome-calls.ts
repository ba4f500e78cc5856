import { randomUUID } from 'node:crypto'
import { changeView, deleteView, saveView } from '@/lib/core/lab/saved-views'
import {
  exportAgreement,
  exportCurves,
  exportFlow,
  exportOutcomes,
  exportPredictions,
  exportSurvival,
} from '@/lib/core/record/export-charts'
import { now } from '@/lib/core/testing/people'
import { timeEvents } from '@/lib/core/trials/time-events'
import type { Call } from './calls'

const query = { environment: 'real', filter: {}, bom: false } as const

/** One well-formed call of each service of the outcome pages. */
export const outcomeCalls: Record<string, Call> = {
  'export-charts.exportFlow': (db, actor) => exportFlow(db, actor, query, now),
  'export-charts.exportOutcomes': (db, actor) =>
    exportOutcomes(db, actor, { ...query, rows: 'version' }, now),
  'export-charts.exportPredictions': (db, actor) =>
    exportPredictions(db, actor, { ...query, rows: 'version' }, now),
  'export-charts.exportAgreement': (db, actor) => exportAgreement(db, actor, query, now),
  'export-charts.exportCurves': (db, actor) =>
    exportCurves(db, actor, { ...query, event: 'installed', view: {} }, now),
  'export-charts.exportSurvival': (db, actor) =>
    exportSurvival(db, actor, { ...query, event: 'installed' }, now),
  'saved-views.saveView': (db, actor) =>
    saveView(
      db,
      actor,
      { name: randomUUID(), shared: false, page: 'outcomes', filters: { rows: 'model' } },
      now,
    ),
  'saved-views.changeView': (db, actor, { trialId: viewId }) =>
    changeView(db, actor, { viewId, name: randomUUID(), shared: false }, now),
  'saved-views.deleteView': (db, actor, { trialId: viewId }) => deleteView(db, actor, { viewId }),
  'time-events.timeEvents': (db, actor) => timeEvents(db, actor, { ...query, event: 'installed' }),
}
