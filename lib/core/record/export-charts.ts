import { stringify } from 'csv-stringify/sync'
import type { Db } from '@/lib/db/client'
import { countOutcomes } from '@/lib/db/queries/trials/analytics'
import { countSeen } from '@/lib/db/queries/trials/counted'
import { countFlow } from '@/lib/db/queries/trials/flow'
import { countPredictions, countPredictionsByPerson } from '@/lib/db/queries/trials/predictions'
import { countReadingPairs } from '@/lib/db/queries/trials/second-readings'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import {
  type ChartFile,
  chartColumns,
  type PlanFile,
  planColumns,
} from '@/lib/domain/export/chart-columns'
import { exportFileName } from '@/lib/domain/export/columns'
import { agreementRows } from '@/lib/domain/statistics/agreement'
import { type Counted, countedAddress } from '@/lib/domain/statistics/counted'
import { flowLines, flowOf } from '@/lib/domain/statistics/flow'
import { type PredictionRow, predictionRows } from '@/lib/domain/statistics/prediction-rows'
import { seenRows } from '@/lib/domain/statistics/seen-rows'
import { outcomeRows } from '@/lib/domain/statistics/statistics'
import { timeGroup, timeGroupsByVersion } from '@/lib/domain/statistics/time-groups'
import type { TimedEvent } from '@/lib/domain/statistics/time-to-event'
import { withoutFormula } from '@/lib/domain/text/typed-text'
import { byValue, type FactorName } from '@/lib/domain/trial/factors'
import { groupFilters, type OutcomeView } from '@/lib/domain/trial/outcome-view'
import { primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { csvForm } from '../shared/csv-form'
import { forbidden, type Refusal } from '../shared/result'
import { timeEvents } from '../trials/time-events'

type ChartQuery = { environment: Environment; filter: TrialFilter; bom: boolean }
export type ChartCsv = { status: 'ready'; fileName: string; body: string }

/** The numbers of the flow diagram: a row for each box, and one for each reason at its exits. */
export async function exportFlow(
  db: Db,
  actor: Actor,
  query: ChartQuery,
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const flow = flowOf(await countFlow(db, query.environment, query.filter))
  const rows = flowLines(flow).map(({ box, why, trials }) => [box, why, trials])
  return chartCsv('flow', rows, query, now)
}

/** The time of each sent trial to an event, with its bounds and its evidence. */
export async function exportSurvival(
  db: Db,
  actor: Actor,
  query: ChartQuery & { event: TimedEvent },
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { event } = query
  const { timed, unknown } = await timeEvents(db, actor, query)
  const rows = [
    ...timed.map((one) => [
      ...[`T-${one.number}`, withoutFormula(one.startOs), event, String(one.happened)],
      ...[one.time, one.notBefore, one.evidence, one.mechanism],
    ]),
    ...unknown.map(({ number, startOs, mechanism }) => [
      `T-${number}`,
      withoutFormula(startOs),
      event,
      ...['', '', '', '', mechanism],
    ]),
  ]
  return chartCsv('survival', rows, query, now)
}

/** The steps of the curves, for each starting version or for the two groups that are compared. */
export async function exportCurves(
  db: Db,
  actor: Actor,
  query: ChartQuery & { event: TimedEvent; view: OutcomeView },
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { event, view } = query
  const compared = groupFilters(query.filter, view)
  const names = [view.first ?? '', view.second ?? '']
  const groups = compared
    ? await Promise.all(
        compared.map(async (filter, at) =>
          timeGroup(names[at] ?? '', await timeEvents(db, actor, { ...query, filter })),
        ),
      )
    : timeGroupsByVersion(await timeEvents(db, actor, query))
  const by = compared ? (view.by ?? 'version') : 'version'
  const rows = groups.flatMap(({ name, curve }) =>
    (curve?.steps ?? []).map((step) => [
      ...[by, withoutFormula(name), event, step.time, step.atRisk, step.events, step.censored],
      ...[step.survival, step.standardError ?? ''],
      ...[step.limits?.low ?? '', step.limits?.high ?? ''],
    ]),
  )
  return chartCsv('curves', rows, query, now)
}

/** The rates of the outcomes page: a row for each value of a factor and primary outcome, of that outcome or of what is counted. */
export async function exportOutcomes(
  db: Db,
  actor: Actor,
  query: ChartQuery & { rows: FactorName; counted?: Counted | undefined },
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { environment, filter, rows: by, counted } = query
  const name = counted ? withoutFormula(countedAddress(counted)) : 'primaryOutcome'
  const trials = counted
    ? await countSeen(db, environment, filter, counted, by)
    : await countOutcomes(db, environment, filter, by)
  const rows = primaryOutcomes.flatMap((primary) => {
    const own = trials.filter((one) => one.primary === primary)
    const seen = own.flatMap((one) => ('seen' in one ? [one] : []))
    const decided = own.flatMap((one) => ('outcome' in one ? [one] : []))
    const each = counted
      ? seenRows(seen, byValue(by))
      : outcomeRows(decided, primary, byValue(by)).map((row) => ({ ...row, counts: {} }))
    return each.map(({ row, n, reached, leftOut, rate, interval, exact, counts }) => [
      ...[primary, name, by, withoutFormula(row), n, reached],
      ...boundsOf({ rate, interval, exact }),
      leftOut,
      counted ? ('unknown' in counts ? (counts.unknown ?? 0) : 0) : 'NA',
    ])
  })
  return chartCsv('outcomes', rows, query, now)
}

/** How often predictions came true: a row for each value of a factor, and one for each person who registered. */
export async function exportPredictions(
  db: Db,
  actor: Actor,
  query: ChartQuery & { rows: FactorName },
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { environment, filter, rows: by } = query
  const byFactor = await countPredictions(db, environment, filter, by)
  const byPerson = await countPredictionsByPerson(db, environment, filter)
  const nameOf = new Map(byPerson.map(({ row, name }) => [row, name]))
  const cells = (of: string, label: (row: string) => string) => (row: PredictionRow) => [
    ...[of, withoutFormula(label(row.row)), row.n, row.reached],
    ...boundsOf(row),
    ...[row.none, row.notCounted],
  ]
  const rows = [
    ...predictionRows(byFactor, byValue(by)).map(cells(by, (row) => row)),
    ...predictionRows(byPerson, (a, b) => (a < b ? -1 : 1)).map(
      cells('person', (row) => nameOf.get(row) ?? row),
    ),
  ]
  return chartCsv('predictions', rows, query, now)
}

/** How far two readers agree: a row for all protocols, and one for each. */
export async function exportAgreement(
  db: Db,
  actor: Actor,
  query: ChartQuery,
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const counted = await countReadingPairs(db, query.environment, query.filter)
  const rows = agreementRows(counted).map(({ protocolId, title, kappa, notBlinded }) => [
    ...[protocolId ?? '', withoutFormula(title ?? ''), kappa.pairs, kappa.agreed],
    ...(kappa.defined ? [kappa.expected, kappa.kappa, kappa.standardError] : ['', '', '']),
    ...(kappa.defined && kappa.interval ? [kappa.interval.low, kappa.interval.high] : ['', '']),
    notBlinded,
  ])
  return chartCsv('agreement', rows, query, now)
}

/** Empty cells where there is no rate. */
const boundsOf = ({ rate, interval, exact }: Pick<PredictionRow, 'rate' | 'interval' | 'exact'>) =>
  rate === undefined || !interval || !exact
    ? ['', '', '', '', '']
    : [rate, interval.low, interval.high, exact.low, exact.high]

/** A file with the environment as its last column. */
export function chartCsv(
  file: ChartFile | PlanFile,
  rows: readonly (readonly (string | number)[])[],
  { environment, bom }: Pick<ChartQuery, 'environment' | 'bom'>,
  now: Date,
): ChartCsv {
  const mark = environment === 'simulated' ? 'SIMULATED' : 'real'
  const body = stringify(
    rows.map((row) => [...row, mark]),
    {
      columns: { ...chartColumns, ...planColumns }[file].map(({ name }) => name),
      header: true,
      bom,
      ...csvForm,
    },
  )
  return { status: 'ready', fileName: exportFileName(file, environment, now), body }
}
