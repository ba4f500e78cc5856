import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { reviewedStates } from '@/lib/domain/review/review'
import { hoursAfterReset, proofSeconds } from '@/lib/domain/signature/signature'
import {
  mayActStates,
  mayHaveLeftStates,
  onTheWayStates,
  releasedAgainFrom,
  withServerStates,
} from '@/lib/domain/trial/command-slot'
import { underWayStates } from '@/lib/domain/trial/observation'
import {
  aboutToSendStates,
  closedTrialStates,
  liveTrialStates,
  releasableStates,
  trialTransitions,
} from '@/lib/domain/trial/trial'
import { createTestDb, type TestDb } from '../testing'
import { listSqlObjects, prepareForMigrations, setUpSqlObjects, sqlFolder } from './objects'
import { sqlValues, withValues } from './values'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-sql-'))
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(async () => {
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

const copyWith = (kind: string, name: string, text: string) => {
  const folder = mkdtempSync(path.join(home, 'sql-'))
  cpSync(sqlFolder, folder, { recursive: true })
  mkdirSync(path.join(folder, kind), { recursive: true })
  writeFileSync(path.join(folder, kind, `${name}.sql`), text)
  return folder
}

test('each file creates the object it is named after', () => {
  const verbs = { columns: 'function', functions: 'function', guards: 'function', views: 'view' }
  for (const { kind, name, text } of listSqlObjects())
    expect(text.toLowerCase()).toMatch(
      new RegExp(`^create (or replace )?${verbs[kind]} (public\\.)?${name}\\b`, 'm'),
    )
})

const setUp = (objects = listSqlObjects()) => lab.sql.begin((tx) => setUpSqlObjects(tx, objects))

test('a changed file is put up again, with other columns too, and an unchanged set is left alone', async () => {
  const folder = copyWith('views', 'reply_export', 'create view reply_export as select 1 as one')
  await setUp(listSqlObjects(folder))
  expect(await lab.sql`select * from reply_export`).toEqual([{ one: 1 }])
  const oid = () => lab.sql`select 'reply_export'::regclass::oid::int as oid`
  const [before] = await oid()
  await setUp(listSqlObjects(folder))
  expect((await oid())[0]).toEqual(before)
  await setUp()
  expect(await lab.sql`select payload_base64 from reply_export`).toEqual([])
})

test('what PostgreSQL refuses is named by its file, and nothing of the set is put up', async () => {
  const folder = copyWith('functions', 'half', 'create or replace function half() returns')
  await expect(setUp(listSqlObjects(folder))).rejects.toThrow('lib/db/sql/functions/half.sql')
  expect(await lab.sql`select payload_base64 from reply_export`).toEqual([])
})

test('views make way for a migration, and are put up again after it', async () => {
  await lab.sql.begin(async (tx) => {
    await prepareForMigrations(tx)
    await tx`alter table signature_checks alter column checked_at type timestamptz(3)`
    await setUpSqlObjects(tx)
  })
  expect(await lab.sql`select trial from trial_export`).toEqual([])
})

const definitionOf = async (name: string): Promise<string> => {
  const [row] = await lab.sql<{ text: string }[]>`
    select pg_get_functiondef(oid) as text from pg_proc where proname = ${name}`
  return row?.text ?? ''
}

test.each([
  ['use_proof', 'proof_seconds', '7', `interval '${proofSeconds} seconds'`, `interval '7 seconds'`],
  [
    'server_pending',
    'open_command',
    '(c.simulated)',
    "in ('reserved', 'sending')",
    '(c.simulated)',
  ],
  ['guard_device_identity', 'open_command', '(c.simulated)', "'unconfirmed'", '(c.simulated)'],
  [
    'server_pending',
    'about_to_send_states',
    "('draft')",
    "in ('armed', 'released')",
    "in ('draft')",
  ],
  ['guard_armed_server', 'about_to_send_states', "('draft')", "('armed', 'released')", "('draft')"],
  ['guard_waiver', 'releasable_states', "('draft')", "('armed', 'observing')", "('draft')"],
  [
    'reset_before_signature',
    'hours_after_reset',
    '7',
    `interval '${hoursAfterReset} hours'`,
    `interval '7 hours'`,
  ],
])('%s is put up anew when %s of the domain changes', async (name, value, other, now, then) => {
  expect(await definitionOf(name)).toContain(now)
  await setUp(listSqlObjects(sqlFolder, { ...sqlValues, [value]: other }))
  expect(await definitionOf(name)).toContain(then)
  await setUp()
  expect(await definitionOf(name)).toContain(now)
})

test('a value that no text uses, and a placeholder without a value, are found', () => {
  const texts = rawTexts().map(({ text }) => text)
  const used = (name: string) => texts.some((text) => text.includes(`{{${name}}}`))
  expect(Object.keys(sqlValues).filter((name) => !used(name))).toEqual([])
  expect(() => withValues('select {{planted}}')).toThrow('{{planted}} has no value')
})

const rawTexts = (): { name: string; text: string }[] =>
  readdirSync(sqlFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((name) => ({ name, text: readFileSync(path.join(sqlFolder, name), 'utf8') }))

/** The words of the lists that stand in the domain, in any order and between any brackets. */
const ruleLists = Object.values(sqlValues)
  .map((value) => [...value.matchAll(/'([^']+)'/g)].map(([, word = '']) => word))
  .filter((words) => words.length > 1)
const listsIn = (text: string) =>
  [...text.matchAll(/[([]\s*((?:'\w+',\s*)+'\w+'),?\s*[)\]]/g)].map(([, list = '']) =>
    [...list.matchAll(/'(\w+)'/g)].map(([, word = '']) => word).sort(),
  )
const repeats = (text: string) =>
  listsIn(text).filter((words) => ruleLists.some((rule) => rule.toSorted().join() === words.join()))

test('no text of lib/db/sql writes a list again that the domain has', () => {
  expect(rawTexts().filter(({ text }) => repeats(text).length > 0)).toEqual([])
  expect(
    repeats("if new.kind in ('queried', 'approved', 'queryClosed', 'locked') then"),
  ).toHaveLength(1)
})

const folders = ['app', 'components', 'lib/core', 'lib/db/queries', 'lib/web', 'lib/worker']
const statesOfTheDomain = [
  ...[onTheWayStates, withServerStates, mayActStates, mayHaveLeftStates, releasedAgainFrom],
  ...[liveTrialStates, closedTrialStates, reviewedStates, underWayStates],
  ...[releasableStates, aboutToSendStates, trialTransitions.lost.from],
].map((states) => states.toSorted().join())
const writesStatesAgain = (text: string) =>
  listsIn(text).some((words) => statesOfTheDomain.includes(words.join()))

test('no query, service or page writes a list of states again that the domain has', () => {
  const sources = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.(test|testing)\.|\/testing\//.test(file))
  expect(sources.length).toBeGreaterThan(300)
  expect(sources.filter((file) => writesStatesAgain(readFileSync(file, 'utf8')))).toEqual([])
  expect(writesStatesAgain("['unconfirmed', 'queued'].includes(state)")).toBe(true)
  expect(writesStatesAgain("sql`state in ('armed', 'observing')`")).toBe(true)
})

test('no column of an export is a constant', () => {
  const constant = /^\s*(?:null|'[^']*'|\d+|true|false)(?:::\w+)? as \w+,?$/im
  expect(rawTexts().filter(({ text }) => constant.test(text))).toEqual([])
  expect('  NULL::text AS planted,').toMatch(constant)
})
