import { type AuthorizedByRoute, authorizeApi } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { exportClaims } from '@/lib/core/record/claims'
import {
  exportAgreement,
  exportCurves,
  exportFlow,
  exportOutcomes,
  exportPredictions,
  exportSurvival,
} from '@/lib/core/record/export-charts'
import { exportCsv, exportDictionary, recheckSignatures } from '@/lib/core/record/export-csv'
import { exportStudy } from '@/lib/core/record/export-study'
import { recordExport } from '@/lib/db/audit/record-action'
import type { Db } from '@/lib/db/client'
import { listCustomFields } from '@/lib/db/queries/devices/custom-fields'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { copyExport, copyStudy } from '@/lib/db/queries/trials/exports'
import type { Environment } from '@/lib/domain/device/device'
import {
  type ChartFile,
  chartColumns,
  type PlanFile,
  planFiles,
} from '@/lib/domain/export/chart-columns'
import { type ExportKind, exportKinds } from '@/lib/domain/export/columns'
import { type StudyForm, studyFormInfo, studyForms } from '@/lib/domain/export/study'
import { readCounted } from '@/lib/domain/statistics/counted'
import { readTimedEvent } from '@/lib/domain/statistics/time-to-event'
import type { FilterProblem } from '@/lib/domain/text/address-filter'
import { readOutcomeView } from '@/lib/domain/trial/outcome-view'
import {
  readTrialFilter,
  type TrialFilter,
  trialFilterFields,
} from '@/lib/domain/trial/trial-filter'
import { fileAnswer, textAnswer } from '@/lib/text-answers'
import { makeDeviceFile } from './device-file'
import { makePlanFile } from './plan-files'

const asFile = (body: ReadableStream<Uint8Array> | string, name: string) =>
  fileAnswer(body, { type: 'text/csv; charset=utf-8; header=present', name })

/**
 * `trials` and the other tables of the record, narrowed as their page is, as CSV or `as` a study export; the numbers of a
 * chart; the `devices` of their list; and the `dictionary` of all their columns.
 */
export async function GET(
  request: Request,
  { params }: { params: Promise<{ file: string }> },
): Promise<Response> {
  const { file } = await params
  return authorizeApi(
    request,
    'export',
    async (authorized) => answer(authorized, request, file),
    textAnswer,
  )
}

async function answer(authorized: AuthorizedByRoute, request: Request, file: string) {
  const asked = Object.fromEntries(new URL(request.url).searchParams)
  const name = file.replace(/\.csv$/, '')
  if (name === 'dictionary')
    return asFile(await dictionaryOf(authorized, asked), 'oneway-dictionary.csv')
  const kind = exportKinds.find((one) => one === name)
  const chart = chartFiles.find((one) => one === name)
  const plan = planFiles.find((one) => one === name)
  if (!kind && !chart && !plan && name !== 'claims' && name !== 'devices') {
    const files = [...exportKinds, ...chartFiles, ...planFiles, 'claims', 'devices'].join(', ')
    return textAnswer(404, `There is ${files} and dictionary.`)
  }
  const wait = await exportLimitAnswer(authorized)
  if (wait) return wait
  if (plan) return exportPlan(authorized, plan, asked)
  if (name === 'devices') return exportDeviceFile(authorized, asked)
  if (name === 'claims') return exportClaimResults(authorized, asked)
  const query = await readQuery(authorized.db, asked, chart ? ownNames[chart] : ['as'])
  if ('wrong' in query) return textAnswer(400, query.wrong)
  return kind
    ? exportRows(authorized, { kind, form: formOf(asked.as) ?? 'csv' }, query)
    : exportChart(authorized, chart ?? 'flow', query, asked)
}

// Object.keys returns string[]; the type of the object has every file.
const chartFiles = Object.keys(chartColumns) as ChartFile[]

/** What else the address of a chart's file may have. */
const ownNames: Record<ChartFile, readonly string[]> = {
  flow: [],
  survival: ['event'],
  curves: ['event', 'by', 'first', 'second'],
  outcomes: ['rows', 'count'],
  predictions: ['rows'],
  agreement: [],
}

type Query = { environment: Environment; filter: TrialFilter; bom: boolean }

async function readQuery(
  db: Db,
  asked: Record<string, string>,
  more: readonly string[],
): Promise<Query | { wrong: string }> {
  const { filter, problems } = readTrialFilter(asked)
  const wrong = [
    ...unknownNames(asked, [...names, ...more]),
    ...(more.includes('event') ? readTimedEvent(asked.event).problems : []),
    ...(more.some((name) => name === 'rows' || name === 'by') ? viewOf(asked).problems : []),
    ...problems,
    ...environmentProblem(asked.environment),
    ...formProblem(asked.as),
  ]
  if (wrong.length > 0) return { wrong: inLines(wrong) }
  const { environment } = await resolveEnvironment(db, asked.environment)
  return { environment, filter, bom: asked.bom === '1' }
}

const viewOf = ({ rows, count, by, first, second }: Record<string, string>) =>
  readOutcomeView({ rows, count, by, first, second })

const inLines = (problems: readonly FilterProblem[]): string =>
  problems
    .map(({ field, reason, accepted }) => `${field}: ${reason}. Accepted: ${accepted}.`)
    .join('\n')

async function exportPlan(
  authorized: AuthorizedByRoute,
  name: PlanFile,
  asked: Record<string, string>,
): Promise<Response> {
  const made = await makePlanFile(authorized, name, asked, environmentProblem)
  if (made.status === 'wrong') return textAnswer(400, inLines(made.problems))
  if (made.status === 'refused') return textAnswer(403, made.reason)
  const about = { file: name, form: 'csv', filter: made.filter } as const
  const { actor, db } = authorized
  return asFile(recordExport(db, actor, about, made.body), made.fileName)
}

const dictionaryOf = async ({ db }: AuthorizedByRoute, asked: Record<string, string>) =>
  exportDictionary({ bom: asked.bom === '1', fields: await listCustomFields(db) })

async function exportDeviceFile(
  authorized: AuthorizedByRoute,
  asked: Record<string, string>,
): Promise<Response> {
  const made = await makeDeviceFile(authorized, asked, environmentProblem)
  if (made.status === 'wrong') return textAnswer(400, inLines(made.problems))
  if (made.status === 'refused') return textAnswer(403, made.reason)
  const about = { file: 'devices', form: 'csv', filter: made.filter } as const
  const { actor, db } = authorized
  return asFile(recordExport(db, actor, about, made.body), made.fileName)
}

async function exportClaimResults(
  { actor, db }: AuthorizedByRoute,
  asked: Record<string, string>,
): Promise<Response> {
  const wrong = [
    ...unknownNames(asked, ['environment', 'bom']),
    ...environmentProblem(asked.environment),
  ]
  if (wrong.length > 0) return textAnswer(400, inLines(wrong))
  const { environment } = await resolveEnvironment(db, asked.environment)
  const file = await exportClaims(db, actor, { environment, bom: asked.bom === '1' }, new Date())
  if (file.status === 'refused') return textAnswer(403, file.reason)
  const about = { file: 'claims', form: 'csv', filter: { environment } } as const
  return asFile(recordExport(db, actor, about, file.body), file.fileName)
}

async function exportChart(
  { actor, db }: AuthorizedByRoute,
  chart: ChartFile,
  query: Query,
  asked: Record<string, string>,
): Promise<Response> {
  const { event } = readTimedEvent(asked.event)
  const { view } = viewOf(asked)
  const own = {
    flow: {},
    survival: { event },
    curves: { event, by: view.by, first: view.first, second: view.second },
    outcomes: { rows: view.rows ?? 'version', count: view.count },
    predictions: { rows: view.rows ?? 'version' },
    agreement: {},
  }[chart]
  const now = new Date()
  const counted = readCounted(view.count ?? '')
  const files = {
    flow: () => exportFlow(db, actor, query, now),
    survival: () => exportSurvival(db, actor, { ...query, event }, now),
    curves: () => exportCurves(db, actor, { ...query, event, view }, now),
    outcomes: () =>
      exportOutcomes(db, actor, { ...query, rows: view.rows ?? 'version', counted }, now),
    predictions: () =>
      exportPredictions(db, actor, { ...query, rows: view.rows ?? 'version' }, now),
    agreement: () => exportAgreement(db, actor, query, now),
  }
  const file = await files[chart]()
  if (file.status === 'refused') return textAnswer(403, file.reason)
  const { environment, filter } = query
  const about = {
    file: chart,
    form: 'csv',
    filter: { environment, ...filter, ...own },
  } as const
  return asFile(recordExport(db, actor, about, file.body), file.fileName)
}

type RowsAsked = { kind: ExportKind; form: 'csv' | StudyForm }

async function exportRows(
  { actor, db, copySql }: AuthorizedByRoute,
  { kind, form }: RowsAsked,
  { environment, filter, bom }: Query,
): Promise<Response> {
  if (kind === 'trials') await recheckSignatures(db, actor, { environment, filter }, new Date())
  const query = { kind, environment, filter }
  const file =
    form === 'csv'
      ? await exportCsv((it) => copyExport(copySql, it), actor, { ...query, bom }, new Date())
      : await exportStudy((it) => copyStudy(copySql, it), actor, { ...query, form }, new Date())
  if (file.status === 'refused')
    return textAnswer(file.field === undefined ? 403 : 400, file.reason)
  if (file.status === 'busy') return textAnswer(503, file.reason)
  const counted = form === 'csv' ? 'csv' : 'bytes'
  const body = recordExport(
    db,
    actor,
    { file: kind, form: counted, filter: { environment, ...filter, as: form } },
    file.body,
  )
  return form === 'csv'
    ? asFile(body, file.fileName)
    : fileAnswer(body, { type: studyFormInfo[form].type, name: file.fileName })
}

const names: readonly string[] = [...trialFilterFields, 'environment', 'bom']

/** A misspelt filter would otherwise be ignored, and the file would hold more than was asked for. */
const unknownNames = (asked: Record<string, string>, known: readonly string[]) =>
  Object.keys(asked)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      field: name.slice(0, 100),
      reason: 'no filter has this name',
      accepted: known.join(', '),
    }))

const forms = ['csv', ...studyForms] as const
const formOf = (given: string | undefined) => forms.find((one) => one === given)

const formProblem = (given: string | undefined): FilterProblem[] =>
  given === undefined || formOf(given)
    ? []
    : [
        {
          field: 'as',
          reason: `“${given.slice(0, 100)}” is no form of a file`,
          accepted: forms.join(', '),
        },
      ]

const environmentProblem = (environment: string | undefined) =>
  environment === undefined || environment === 'real' || environment === 'simulated'
    ? []
    : [
        {
          field: 'environment',
          reason: `“${environment.slice(0, 100)}” is no environment`,
          accepted: 'real, simulated',
        },
      ]
