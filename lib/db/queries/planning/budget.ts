import type { Db } from '@/lib/db/client'
import type { Environment } from '@/lib/domain/device/device'
import { answerable } from '@/lib/domain/planning/assignment'
import {
  type BudgetView,
  type ProcurementView,
  usualWanted,
} from '@/lib/domain/planning/budget-view'
import { withListed } from '@/lib/domain/planning/by-mechanism'
import { coverageMatrix, questionsOf } from '@/lib/domain/planning/coverage'
import { type LabBudget, labBudget } from '@/lib/domain/planning/lab-budget'
import { type LabAdvice, labAdvice } from '@/lib/domain/planning/lab-procurement'
import { narrowed } from '@/lib/domain/planning/plan-view'
import { loadCatalogue } from '../catalogue/facts'
import { countCoverage } from './coverage'
import { listBudgetDevices, listUnusedDevices } from './unused-devices'

const dayOf = (now: Date): string => now.toISOString().slice(0, 10)

/** The trials that the lab has left, by its devices and the catalogue. */
export async function loadBudget(
  db: Db,
  environment: Environment,
  view: BudgetView,
  now: Date,
): Promise<LabBudget> {
  const [devices, catalogue] = await Promise.all([
    listBudgetDevices(db, environment),
    loadCatalogue(db),
  ])
  return labBudget(devices, catalogue, view, dayOf(now))
}

/** How many of the questions that a device could answer now the devices can answer together, each used once. */
export async function countAnswerable(
  db: Db,
  environment: Environment,
  view: BudgetView,
  now: Date,
): Promise<ReturnType<typeof answerable>> {
  const [trials, unused, catalogue] = await Promise.all([
    countCoverage(db, environment),
    listUnusedDevices(db, environment, now),
    loadCatalogue(db),
  ])
  const devices = withListed(unused, catalogue, dayOf(now))
  const cells = narrowed(coverageMatrix(trials, devices, 'installed'), view)
    .flatMap(({ rows }) => rows.flatMap((row) => row.cells))
    .filter(({ able, possible, n }) => able > 0 && possible && n < usualWanted)
  return answerable(
    cells.map(({ id }) => id),
    devices.map((device) => ({ cells: questionsOf(device) })),
  )
}

/** What to ask a reseller for. */
export async function loadAdvice(
  db: Db,
  environment: Environment,
  view: ProcurementView,
  now: Date,
): Promise<LabAdvice> {
  const [trials, unused, catalogue] = await Promise.all([
    countCoverage(db, environment),
    listUnusedDevices(db, environment, now),
    loadCatalogue(db),
  ])
  const devices = withListed(unused, catalogue, dayOf(now))
  const blocks = coverageMatrix(trials, devices, view.primary ?? 'installed')
  return labAdvice(blocks, devices, catalogue, view, dayOf(now))
}
