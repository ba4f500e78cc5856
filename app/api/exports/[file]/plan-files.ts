import type { AuthorizedByRoute } from '@/lib/auth/guard'
import {
  exportBookings,
  exportBudget,
  exportBurnDown,
  exportProcurement,
} from '@/lib/core/record/export-plan'
import { resolveEnvironment } from '@/lib/db/queries/environments'
import { environmentOfDevice } from '@/lib/db/queries/planning/bookings'
import type { PlanFile } from '@/lib/domain/export/chart-columns'
import { readBudgetView, readProcurementView } from '@/lib/domain/planning/budget-view'
import { readBookingsView } from '@/lib/domain/planning/lab-calendar'
import type { FilterProblem } from '@/lib/domain/text/address-filter'

/** Makes a file of the plan, or says what in the address is not understood. */
export async function makePlanFile(
  { actor, db }: AuthorizedByRoute,
  file: PlanFile,
  asked: Record<string, string>,
  problemsOf: ProblemsOf,
) {
  const now = new Date()
  if (file === 'bookings') return makeBookings({ actor, db }, asked, problemsOf)
  const read =
    file === 'procurement'
      ? { file, ...readProcurementView(asked) }
      : { file, ...readBudgetView(asked, now.toISOString().slice(0, 10)) }
  const problems = [...read.problems, ...problemsOf(asked.environment)]
  if (problems.length > 0) return { status: 'wrong' as const, problems }
  const { environment } = await resolveEnvironment(db, asked.environment)
  const about = { environment, bom: asked.bom === '1' }
  const made =
    read.file === 'procurement'
      ? await exportProcurement(db, actor, { ...about, view: read.view }, now)
      : read.file === 'budget'
        ? await exportBudget(db, actor, { ...about, view: read.view }, now)
        : await exportBurnDown(db, actor, { ...about, view: read.view }, now)
  return made.status === 'refused' ? made : { ...made, filter: { environment, ...read.view } }
}

type ProblemsOf = (environment: string | undefined) => readonly FilterProblem[]

async function makeBookings(
  { actor, db }: Pick<AuthorizedByRoute, 'actor' | 'db'>,
  { bom, ...asked }: Record<string, string>,
  problemsOf: ProblemsOf,
) {
  const { view, problems } = readBookingsView(asked)
  const wrong = [...problems, ...problemsOf(asked.environment)]
  if (wrong.length > 0) return { status: 'wrong' as const, problems: wrong }
  const { environment } = await resolveEnvironment(
    db,
    asked.environment ?? (await environmentOfDevice(db, view.device)),
  )
  const about = { environment, device: view.device, bom: bom === '1' }
  const made = await exportBookings(db, actor, about, new Date())
  return made.status === 'refused' ? made : { ...made, filter: { environment, ...view } }
}
