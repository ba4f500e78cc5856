import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { verifyTrail } from '@/lib/db/audit/log'
import { findFrozenFile } from '@/lib/db/queries/frozen-reports'
import { listOtherLabReports } from '@/lib/db/queries/other-labs'
import {
  countOtherLabOutcomes,
  countOtherLabs,
  findSeenOutcomes,
  findSeenRadars,
  listSeenContradictions,
} from '@/lib/db/queries/other-labs-seen'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { LabTrial } from '@/lib/domain/report/lab-report'
import { admin, engineer, later, lead, must } from '../../testing/people'
import { wholeTrial } from '../report/report.testing'
import { importLabReport, previewLabImport, withdrawLabReport } from './import-lab-report'
import { fileOfAnotherLab, type OfAnotherLab, rowLike } from './lab-report.testing'
import { makeLabReport, previewLabReport } from './make-lab-report'

let lab: TestDb
let trialId: string
let own: LabTrial
const at = later(6000)
const simulated = { environment: 'simulated' as const, filter: {} }
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

beforeAll(async () => {
  lab = await createTestDb()
  trialId = (await wholeTrial(lab.db)).trialId
  const shown = must(await previewLabReport(lab.db, lead, simulated), 'shown')
  const [first] = shown.trials
  if (!first) throw new Error('no trial')
  own = first.row
})
afterAll(() => lab.drop())

const add = (bytes: Uint8Array, labName: string, when = at, actor = lead) =>
  importLabReport(lab.db, actor, { bytes, sha256: sha256(bytes), labName }, when)

async function added(of: OfAnotherLab, when = at): Promise<string> {
  return must(await add(fileOfAnotherLab(of), of.name ?? `Lab ${of.lab ?? 'a'}`, when), 'imported')
    .id
}
const withdraw = (id: string, reason = 'it was sent by mistake', actor = lead) =>
  withdrawLabReport(lab.db, actor, { id, reason }, later(9000))

/** Withdraws everything, so that each test begins without other labs. */
async function alone() {
  for (const { id, withdrawnAt } of await listOtherLabReports(lab.db, 500))
    if (withdrawnAt === null) must(await withdraw(id), 'withdrawn')
}
const outcomesOf = async () =>
  (await countOtherLabOutcomes(lab.db, 'simulated', {}, 'version')).map(
    ({ lab: name, outcome, trials }) => `${name}: ${trials} ${outcome}`,
  )

test('an import stands beside the record: its rows, its file and its name', async () => {
  await alone()
  const bytes = fileOfAnotherLab({ trials: [rowLike(own, '1'), rowLike(own, '2')] })
  const found = must(await previewLabImport(lab.db, lead, bytes, at), 'found')
  expect(found).toMatchObject({
    lab: { name: 'Lab a', knownAs: undefined },
    ...{ trials: 2, older: 0, newer: 0, environment: 'simulated', sha256: sha256(bytes) },
  })
  must(await add(bytes, 'The lab next door'), 'imported')
  expect(await outcomesOf()).toEqual(['The lab next door: 2 installedAsExpected'])
  const [row] =
    await lab.sql`select file, file_sha256 from other_lab_reports where withdrawn_at is null`
  expect([sha256(row?.file), row?.file_sha256]).toEqual([sha256(bytes), sha256(bytes)])
  expect(await countOtherLabs(lab.db, 'real')).toBe(0)
})

test('the same file twice is recognised; a withdrawn one may come again', async () => {
  await alone()
  const bytes = fileOfAnotherLab({ trials: [rowLike(own, '1')] })
  const { id } = must(await add(bytes, 'Lab a'), 'imported')
  const again = {
    status: 'refused',
    field: 'file',
    reason: expect.stringMatching(/imported on.*Lee/),
  }
  expect(await previewLabImport(lab.db, lead, bytes, at)).toMatchObject(again)
  expect(await add(bytes, 'Lab a')).toMatchObject(again)
  must(await withdraw(id), 'withdrawn')
  must(await add(bytes, 'Lab a'), 'imported')
})

test('two imports of one file at once: one is kept', async () => {
  await alone()
  const bytes = fileOfAnotherLab({ trials: [rowLike(own, '1')] })
  const both = await Promise.all([add(bytes, 'Lab a'), add(bytes, 'Lab a')])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['imported', 'refused'])
})

test('a newer file takes the place of older rows of the same trials, in any order of import, and doubles none', async () => {
  await alone()
  const older = [rowLike(own, '1', { outcome: 'refused' }), rowLike(own, '2')]
  const newer = [rowLike(own, '1', { outcome: 'downloadedOnly' })]
  const second = await added({ trials: newer, madeAt: later(5500) })
  const found = must(
    await previewLabImport(lab.db, lead, fileOfAnotherLab({ trials: older }), at),
    'found',
  )
  expect(found).toMatchObject({ older: 0, newer: 1, lab: { knownAs: 'Lab a' } })
  await added({ trials: older })
  expect(await outcomesOf()).toEqual(['Lab a: 1 downloadedOnly', 'Lab a: 1 installedAsExpected'])
  must(await withdraw(second), 'withdrawn')
  expect(await outcomesOf()).toEqual(['Lab a: 1 installedAsExpected', 'Lab a: 1 refused'])
})

test('the same test and outcome are counted by lab, and by nothing that differs', async () => {
  await alone()
  const seen = async () => (await findSeenOutcomes(lab.db, [trialId])).get(trialId)
  expect(await seen()).toEqual({ labs: [], tried: 0 })
  await added({ lab: 'a', trials: [rowLike(own, '1'), rowLike(own, '2')] })
  await added({
    lab: 'b',
    trials: [rowLike(own, '3', { startBuild: null, endOs: null, endBuild: null })],
  })
  await added({ lab: 'c', trials: [rowLike(own, '4', { outcome: 'refused' })] })
  await added({
    lab: 'd',
    trials: [
      rowLike(own, '5', { model: 'iPad4,1' }),
      rowLike(own, '6', { model: null }),
      rowLike(own, '7', { startOs: '11.3' }),
      rowLike(own, '8', { startBuild: '15A1' }),
      rowLike(own, '9', { target: '12.0' }),
      rowLike(own, '10', { action: 'Default' }),
    ],
  })
  await added({ lab: 'e', trials: [rowLike(own, '11', { endOs: '12.1.1' })] })
  await added({ lab: 'f', environment: 'real', trials: [rowLike(own, '12')] })
  expect(await seen()).toEqual({ labs: ['Lab a', 'Lab b'], tried: 4 })
})

test('a row of another lab has a mechanism by its actions, and a declaration is none of them', async () => {
  await alone()
  const actions = ['Default,Default', 'declaration', 'declaration,Default', null]
  const trials = actions.map((action, at) => rowLike(own, `${at + 1}`, { action }))
  await added({ trials })
  const rowsBy = async (by: 'mechanism' | 'action', filter = {}) =>
    (await countOtherLabOutcomes(lab.db, 'simulated', filter, by)).map(({ row }) => row)
  expect(await rowsBy('mechanism')).toEqual(['both', 'command', 'declaration', 'unknown'])
  expect(await rowsBy('action')).toEqual(['Default', 'Default,Default', 'none', 'unknown'])
  expect(await rowsBy('action', { mechanism: 'declaration' })).toEqual(['none'])
})

test('a contradiction is the same by request, path, kind and value, and one without its value is not', async () => {
  await alone()
  const [first] = own.contradictions
  if (!first) throw new Error('the trial has no contradiction')
  const other = { ...first, observed: '"Other"' }
  const untold = { ...first, observed: null }
  await added({ lab: 'a', trials: [rowLike(own, '1', { contradictions: [first, other] })] })
  await added({ lab: 'b', trials: [rowLike(own, '2', { contradictions: [first, untold] })] })
  const found = await listSeenContradictions(lab.db, 'simulated')
  const briefly = found.map(({ observed, labs, trials, here }) => ({
    observed,
    labs,
    trials,
    here,
  }))
  expect(briefly).toEqual([
    { observed: first.observed, labs: ['Lab a', 'Lab b'], trials: 2, here: true },
    { observed: '"Other"', labs: ['Lab a'], trials: 1, here: false },
    { observed: null, labs: ['Lab b'], trials: 1, here: false },
  ])
  const { path, kind, observed } = first
  const ids = await lab.sql`select id::int from contradictions
    where trial_id = ${trialId} and path = ${path} and kind = ${kind} and observed = ${observed}`
  const radars = await findSeenRadars(lab.db, [ids[0]?.id])
  expect([...radars.values()]).toEqual([['Lab a', 'Lab b']])
  expect(await listSeenContradictions(lab.db, 'real')).toEqual([])
})

test('a report of this lab itself is refused', async () => {
  await alone()
  const shown = must(
    await previewLabReport(lab.db, lead, { ...simulated, chosen: [trialId] }),
    'shown',
  )
  const order = { ...simulated, chosen: [trialId], title: 'x', labName: 'Us', digest: shown.digest }
  const { id } = must(await makeLabReport(lab.db, lead, order, at), 'made')
  const bytes = new Uint8Array((await findFrozenFile(lab.db, id)) ?? [])
  expect(await add(bytes, 'Another')).toMatchObject({
    reason: expect.stringContaining('of this lab itself'),
  })
})

test('two labs cannot have one name, and a name has its bounds', async () => {
  await alone()
  await added({ lab: 'a', name: 'Lab one', trials: [rowLike(own, '1')] })
  const other = fileOfAnotherLab({ lab: 'b', trials: [rowLike(own, '1')] })
  for (const name of ['lab ONE', '', ' ', 'x'.repeat(41), 'two\nlines', 'Lab\u202e2'])
    expect(await add(other, name)).toMatchObject({ status: 'refused', field: 'labName' })
})

test('only a lead imports and withdraws, and only the file that was shown', async () => {
  await alone()
  const bytes = fileOfAnotherLab({ trials: [rowLike(own, '1')] })
  for (const actor of [engineer, admin]) {
    expect(await previewLabImport(lab.db, actor, bytes, at)).toMatchObject({ status: 'refused' })
    expect(await add(bytes, 'Lab a', at, actor)).toMatchObject({ status: 'refused' })
    expect(await withdraw('x', 'a good reason', actor)).toMatchObject({ status: 'refused' })
  }
  const order = { bytes, sha256: '0'.repeat(64), labName: 'Lab a' }
  expect(await importLabReport(lab.db, lead, order, at)).toMatchObject({ field: 'file' })
  const id = await added({ trials: [rowLike(own, '2')] })
  expect(await withdraw(id, '')).toMatchObject({ status: 'refused', field: 'reason' })
  expect(await withdraw('nothing')).toMatchObject({ status: 'refused' })
  must(await withdraw(id), 'withdrawn')
  expect(await withdraw(id)).toMatchObject({ status: 'refused' })
})

test('the trail has the import, its rows and its withdrawal, and the database refuses a change', async () => {
  await alone()
  const id = await added({ trials: [rowLike(own, '1')] })
  for (const statement of [
    lab.sql`update other_lab_reports set lab_name = 'x' where id = ${id}`,
    lab.sql`delete from other_lab_reports where id = ${id}`,
    lab.sql`update other_lab_trials set outcome = 'refused' where report_id = ${id}`,
    lab.sql`delete from other_lab_contradictions`,
    lab.sql`insert into other_lab_trials (report_id, trial_key, platform, start_os, primary_outcome, outcome, overruled,
      against_builds, review, passcode, power, battery, network, treatment, contradictions_left_out)
      select report_id, md5('x'), platform, start_os, primary_outcome, outcome, overruled, against_builds, review,
      passcode, power, battery, network, treatment, 0 from other_lab_trials where report_id = ${id}`,
  ])
    await expect(statement).rejects.toThrow()
  must(await withdraw(id), 'withdrawn')
  await expect(
    lab.sql`update other_lab_reports set withdrawn_at = null, withdrawn_by_id = null, withdrawn_by_name = null,
      withdrawn_reason = null where id = ${id}`,
  ).rejects.toThrow()
  const entries =
    await lab.sql`select kind, new ->> 'withdrawn_reason' as reason, new ->> 'file' as file
    from audit_log where table_name = 'other_lab_reports' and row_id = ${id} order by seq`
  expect(entries.map(({ kind, reason }) => [kind, reason])).toEqual([
    ['insert', null],
    ['update', 'it was sent by mistake'],
  ])
  expect(entries[0]?.file).toMatch(/^sha256:[0-9a-f]{64}$/)
  const { broken, mismatches } = await verifyTrail(lab.sql)
  expect([broken, mismatches]).toEqual([undefined, []])
})
