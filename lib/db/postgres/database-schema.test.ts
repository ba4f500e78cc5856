import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listSqlObjects } from '../sql/objects'
import { createTestDb, type TestDb } from '../testing'
import { listTableFacts } from './catalog.testing'
import { migrationsFolder } from './migrate'

const root = path.resolve(import.meta.dirname, '../../..')
// Inside of the clone, so that a planted schema finds drizzle-orm.
const home = mkdtempSync(path.join(root, 'node_modules', '.schema-test-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Runs `drizzle-kit generate` as drizzle.config.ts says, but into a folder of its own. */
async function generate(out: string, schema: readonly string[] = []): Promise<string> {
  const config = path.join(home, 'drizzle.config.ts')
  writeFileSync(
    config,
    `import config from ${JSON.stringify(path.join(root, 'drizzle.config'))}
     export default { ...config, schema: [config.schema, ${JSON.stringify(schema).slice(1, -1)}], out: ${JSON.stringify(path.relative(root, out))} }`,
  )
  const kit = path.join(root, 'node_modules/drizzle-kit/bin.cjs')
  const args = [kit, 'generate', `--config=${path.relative(root, config)}`]
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root })
  return stdout
}

const migrationsIn = (folder: string) => readdirSync(folder).filter((file) => /[.]sql$/.test(file))

test('drizzle-kit generate has nothing to do, and finds a table that no migration makes', async () => {
  const out = mkdtempSync(path.join(home, 'drizzle-'))
  cpSync(migrationsFolder, out, { recursive: true })
  expect(await generate(out)).toContain('No schema changes, nothing to migrate')
  const planted = path.join(home, 'planted.ts')
  writeFileSync(
    planted,
    `import { integer, pgTable } from 'drizzle-orm/pg-core'
     export const planted = pgTable('planted', { n: integer('n') })`,
  )
  await generate(out, [path.relative(root, planted)])
  expect(migrationsIn(out)).toHaveLength(migrationsIn(migrationsFolder).length + 1)
})

let migrated: TestDb
let declared: TestDb
beforeAll(async () => {
  migrated = await createTestDb()
  declared = await createTestDb()
  await declared.sql`drop schema public cascade`
  await declared.sql`create schema public`
  for (const { kind, text } of listSqlObjects())
    if (kind === 'columns') await declared.sql.unsafe(text)
  const out = mkdtempSync(path.join(home, 'declared-'))
  await generate(out)
  for (const file of migrationsIn(out))
    await declared.sql.unsafe(readFileSync(path.join(out, file), 'utf8'))
})
afterAll(async () => {
  await migrated?.drop()
  await declared?.drop()
})

test('the database has every column, key, index and check of schema*.ts, and no other', async () => {
  const [has, says] = [await listTableFacts(migrated.sql), await listTableFacts(declared.sql)]
  expect(has.length).toBeGreaterThan(700)
  expect(has.filter((fact) => !says.includes(fact))).toEqual([])
  expect(says.filter((fact) => !has.includes(fact))).toEqual([])
})

const plants: [what: string, sql: string][] = [
  ['a column', 'alter table protocols add column planted int'],
  ['a type', 'alter table web_heartbeats alter column heartbeat_at type timestamp'],
  ['what may be null', 'alter table devices alter column lab_tag set not null'],
  ['a default', 'alter table devices alter column holder drop default'],
  ['a foreign key', 'alter table passkeys drop constraint passkeys_user_id_users_id_fk'],
  ['a unique key', 'alter table mdm_servers drop constraint mdm_servers_slug_unique'],
  ['an index', 'drop index one_open_command_per_device'],
  ['a check', 'alter table waivers drop constraint only_lab_policy_is_waived'],
  [
    'a rule of the domain',
    "alter table waivers drop constraint only_lab_policy_is_waived, add constraint only_lab_policy_is_waived check (rule_id in ('Q5', 'Q12'))",
  ],
  ['a table', 'create table planted (n int)'],
]

test.each(plants)('%s that differs is found', async (_, plant) => {
  const says = await listTableFacts(declared.sql)
  const rolledBack = new Error('rolled back')
  const planted = migrated.sql.begin(async (tx) => {
    await tx.unsafe(plant)
    expect(await listTableFacts(tx)).not.toEqual(says)
    throw rolledBack
  })
  await expect(planted).rejects.toBe(rolledBack)
  expect(await listTableFacts(migrated.sql)).toEqual(says)
})

/**
 * Bits of a column of an index: 1 is descending, 2 is nulls first. `order by … desc` asks for both, and PostgreSQL sorts
 * where an index has only the first, also for a column that is never null.
 */
const indexesForNoOrder = async (tx: TestDb['sql']) => {
  const rows = await tx`
    select distinct i.indexrelid::regclass::text as name from pg_index i, unnest(i.indoption::int2[]) as option
    where option & 3 = 1 and i.indrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)`
  return rows.map(({ name }) => name)
}

test('an index with the newest first is in the order of a plain `order by … desc`', async () => {
  expect(await indexesForNoOrder(migrated.sql)).toEqual([])
  await declared.sql`create index planted on protocols (id desc nulls last)`
  expect(await indexesForNoOrder(declared.sql)).toEqual(['planted'])
})
