import type { Db } from '@/lib/db/client'
import { listBookings } from '@/lib/db/queries/planning/bookings'
import { loadAdvice, loadBudget } from '@/lib/db/queries/planning/budget'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { bookingStateAt } from '@/lib/domain/planning/booking'
import type { BudgetView, ProcurementView } from '@/lib/domain/planning/budget-view'
import { withoutFormula } from '@/lib/domain/text/typed-text'
import { forbidden, type Refusal } from '../shared/result'
import { type ChartCsv, chartCsv } from './export-charts'

type PlanQuery<View> = { environment: Environment; view: View; bom: boolean }

/** The lab's trials left on each day of the burn-down. */
export async function exportBurnDown(
  db: Db,
  actor: Actor,
  query: PlanQuery<BudgetView>,
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { burnDown } = await loadBudget(db, query.environment, query.view, now)
  const by = query.view.mechanism ?? 'either'
  const rows = burnDown.days.map(({ on, low, expected, high }) => [on, low, expected, high, by])
  return chartCsv('burn-down', rows, query, now)
}

/** The trials left of every device; one whose OS is not known is there without numbers. */
export async function exportBudget(
  db: Db,
  actor: Actor,
  query: PlanQuery<BudgetView>,
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { devices, osUnknown } = await loadBudget(db, query.environment, query.view, now)
  const by = query.view.mechanism ?? 'either'
  const about = ({
    labTag,
    platform,
    modelIdentifier,
    version,
    unused,
  }: (typeof osUnknown)[number]) => [
    ...[withoutFormula(labTag), platform, withoutFormula(modelIdentifier ?? '')],
    ...[withoutFormula(version ?? ''), unused === undefined ? '' : unused ? 'unused' : 'used'],
  ]
  const rows = [
    ...devices.map((device) => [
      ...[...about(device), device.line ?? ''],
      ...[device.left.low, device.left.expected, device.left.high, by],
    ]),
    ...osUnknown.map((device) => [...about(device), '', '', '', '', by]),
  ]
  return chartCsv('budget', rows, query, now)
}

/** What to ask a reseller for, a row for each version and group of models. */
export async function exportProcurement(
  db: Db,
  actor: Actor,
  query: PlanQuery<ProcurementView>,
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { lines } = await loadAdvice(db, query.environment, query.view, now)
  const rows = lines.map((line) => [
    ...[line.platform, withoutFormula(line.version), line.devices],
    withoutFormula(
      line.questions.map(({ passcode, target }) => `${passcode} ${target}`).join('; '),
    ),
    withoutFormula(line.models.join(' ')),
    ...[line.uselessAfter ?? '', line.cautions.join('; '), line.mechanism],
  ])
  return chartCsv('procurement', rows, query, now)
}

/** Every booking of one environment, or of one device, whatever became of it. */
export async function exportBookings(
  db: Db,
  actor: Actor,
  query: { environment: Environment; device: string | undefined; bom: boolean },
  now: Date,
): Promise<ChartCsv | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const { environment, device } = query
  const bookings = await listBookings(db, { environment, deviceId: device })
  const rows = bookings.map((one) => [
    ...[one.id, withoutFormula(one.labTag), withoutFormula(one.protocolTitle)],
    ...[one.protocolVersion, withoutFormula(one.target)],
    ...[one.startsAt.toISOString(), one.endsAt.toISOString(), withoutFormula(one.expectation)],
    ...[withoutFormula(one.bookedByName), one.bookedAt.toISOString(), bookingStateAt(one, now)],
    ...[one.trial ? `T-${one.trial.number}` : '', one.endedAt?.toISOString() ?? ''],
    ...[withoutFormula(one.endedByName ?? ''), withoutFormula(one.endReason ?? '')],
  ])
  return chartCsv('bookings', rows, query, now)
}
