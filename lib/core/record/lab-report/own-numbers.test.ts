import { globSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listClaimResults } from '@/lib/db/queries/claims'
import { listContradictionGroups } from '@/lib/db/queries/events/contradictions'
import { countAnswerable, loadAdvice, loadBudget } from '@/lib/db/queries/planning/budget'
import { countCoverage } from '@/lib/db/queries/planning/coverage'
import { countTestsLeft, listUnusedDevices } from '@/lib/db/queries/planning/unused-devices'
import { listRadars } from '@/lib/db/queries/radars/radars'
import { searchAll } from '@/lib/db/queries/search'
import { countOutcomes, countReviewed, listConcluded } from '@/lib/db/queries/trials/analytics'
import { listTrialPrints } from '@/lib/db/queries/trials/counted'
import { copyExportAt } from '@/lib/db/queries/trials/exports'
import { countFlow } from '@/lib/db/queries/trials/flow'
import { countPredictions } from '@/lib/db/queries/trials/predictions'
import { listSentTrials } from '@/lib/db/queries/trials/survival'
import { listTrialFacets } from '@/lib/db/queries/trials/trial-filter'
import { countTrials, listTrials } from '@/lib/db/queries/trials/trial-list'
import { countWaiting } from '@/lib/db/queries/waiting'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { type Environment, environments } from '@/lib/domain/device/device'
import { exportKinds } from '@/lib/domain/export/columns'
import type { LabTrial } from '@/lib/domain/report/lab-report'
import { factorNames } from '@/lib/domain/trial/factors'
import { engineer, later, lead, must } from '../../testing/people'
import { sentTrial } from '../../testing/trial'
import { exportFlow, exportOutcomes, exportPredictions } from '../export-charts'
import { wholeTrial } from '../report/report.testing'
import { importLabReport, previewLabImport } from './import-lab-report'
import { fileOfAnotherLab, rowLike } from './lab-report.testing'
import { previewLabReport } from './make-lab-report'

// What other labs say never changes a number of this lab: by what the queries answer, by what the tables and views hold, and
// by which modules can read it at all.

let lab: TestDb
let own: LabTrial
const at = later(6000)

beforeAll(async () => {
  lab = await createTestDb()
  await wholeTrial(lab.db)
  await sentTrial(lab.db)
  const simulated = { environment: 'simulated' as const, filter: {} }
  const [first] = must(await previewLabReport(lab.db, lead, simulated), 'shown').trials
  if (!first) throw new Error('no trial')
  own = first.row
})
afterAll(() => lab.drop())

/** An export takes two connections; all at once would wait for one another. */
async function oneByOne<T, R>(all: readonly T[], read: (one: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const one of all) results.push(await read(one))
  return results
}

/** Everything that a page, a chart, a plan or an export counts, of one environment. */
async function numbersOf(environment: Environment) {
  const { db } = lab
  const query = { environment, filter: {}, bom: false }
  const ofFactor = (by: (typeof factorNames)[number]) =>
    Promise.all([
      countOutcomes(db, environment, {}, by),
      listConcluded(db, environment, {}, by),
      countReviewed(db, environment, {}, by),
      countPredictions(db, environment, {}, by),
      exportOutcomes(db, lead, { ...query, rows: by }, at),
      exportPredictions(db, lead, { ...query, rows: by }, at),
    ])
  return {
    outcomes: await oneByOne(factorNames, ofFactor),
    narrowed: await countOutcomes(db, environment, { model: own.model ?? '' }, 'action'),
    survival: await listSentTrials(db, environment, {}, 100),
    flow: [await countFlow(db, environment, {}), await exportFlow(db, lead, query, at)],
    contradictions: await listContradictionGroups(db, environment),
    prints: await listTrialPrints(db, environment),
    trials: [await listTrials(db, { environment }), await countTrials(db, { environment })],
    facets: await listTrialFacets(db, environment),
    radars: await listRadars(db, environment),
    claims: await listClaimResults(db, { claimId: '00000000-0000-4000-8000-000000000000' }),
    coverage: await countCoverage(db, environment),
    unused: await listUnusedDevices(db, environment, at),
    testsLeft: await countTestsLeft(db, environment),
    budget: await loadBudget(db, environment, {}, at),
    answerable: await countAnswerable(db, environment, {}, at),
    advice: await loadAdvice(db, environment, {}, at),
    waiting: await countWaiting(db, { environment, personId: engineer.id, now: at }),
    found: await searchAll(db, own.startOs),
    files: await oneByOne(exportKinds, (kind) => csvOf(environment, kind)),
  }
}

/** An export without the head of the trail, which each change moves. */
async function csvOf(environment: Environment, kind: (typeof exportKinds)[number]) {
  const text = await lab.sql.begin('isolation level repeatable read read only', async (tx) => {
    const [snapshot] = await tx`select pg_export_snapshot() as name`
    const query = { kind, environment, filter: {} }
    return new TextDecoder().decode(await copyExportAt(lab.sql, String(snapshot?.name), query))
  })
  const [head] = await lab.sql`select seq || ' ' || hash as text from audit_head`
  return text.replaceAll(String(head?.text), '(head)')
}

/** A hash of each table and view but those of other labs and the trail. */
async function contents(): Promise<Record<string, unknown>> {
  const names = await lab.sql`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name !~ '^(other_lab_|audit_)'`
  const rows = await Promise.all(
    names.map(async ({ name }) => {
      const [row] =
        await lab.sql`select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash
        from ${lab.sql(name)} t`
      return [name, row?.hash] as const
    }),
  )
  return Object.fromEntries(rows)
}

test('an import changes no number of this lab, no file, and no row outside of its own tables', async () => {
  const read = async () => ({
    numbers: await oneByOne(environments, numbersOf),
    contents: await contents(),
  })
  const before = await read()
  expect(JSON.stringify(before.numbers)).toContain('installedAsExpected')
  for (const environment of environments) {
    const trials = [
      rowLike(own, '1'),
      rowLike(own, '2', { outcome: 'refused', contradictions: [] }),
      rowLike(own, '3', { model: 'iPad4,1', startOs: '11.3', target: '12.0' }),
    ]
    const bytes = fileOfAnotherLab({ lab: environment, environment, trials })
    const { sha256 } = must(await previewLabImport(lab.db, lead, bytes, at), 'found')
    must(
      await importLabReport(lab.db, lead, { bytes, sha256, labName: environment }, at),
      'imported',
    )
  }
  const after = await read()
  expect(after.numbers).toEqual(before.numbers)
  expect(after.contents).toEqual(before.contents)
  const [held] = await lab.sql`select count(*)::int as n from other_lab_current`
  expect(held?.n).toBe(6)
})

/** Who may read rows of other labs: what keeps and shows them, and the pages that draw them apart. */
const readers = {
  "from '.*schema/other-labs'": [
    'lib/db/queries/other-labs.ts',
    'lib/db/queries/other-labs-seen.ts',
  ],
  'other_lab_current|other_lab_trials': [
    'lib/db/queries/other-labs.ts',
    'lib/db/queries/other-labs-seen.ts',
    'lib/db/schema/other-labs.ts',
    'lib/db/audit/trail-tables.ts',
    'lib/db/sql/guards/guard_other_lab_trial.sql',
    'lib/db/sql/guards/refuse_change.sql',
    'lib/db/sql/views/other_lab_current.sql',
  ],
  "from '.*queries/other-labs-seen'": [
    'app/contradictions/page.tsx',
    'app/outcomes/other-labs.tsx',
    'app/contradictions/elsewhere.tsx',
    'app/radars/seen-elsewhere.ts',
    'app/trials/[id]/seen-elsewhere.tsx',
  ],
}

test.each(Object.entries(readers))(
  '%s stands in no module but those that show it apart',
  (what, allowed) => {
    const naming = new RegExp(what)
    const found = ['app', 'lib', 'components', 'scripts']
      .flatMap((folder) => globSync(`${folder}/**/*.{ts,tsx,sql}`))
      .filter((file) => !/\.(test|testing)\.tsx?$/.test(file))
      .filter((file) => naming.test(readFileSync(file, 'utf8')))
    expect(found.filter((file) => !allowed.includes(file))).toEqual([])
  },
)
