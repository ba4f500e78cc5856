import { afterAll, beforeAll, expect, test } from 'vitest'
import { approvedAndLocked } from '@/lib/core/record/review.testing'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { listTables } from '../audit/set-up-trail'
import { trailTables } from '../audit/trail-tables'
import { type Connection, connect } from '../client'
import { createTestDb, type TestDb } from '../testing'

let lab: TestDb
let app: Connection
beforeAll(async () => {
  lab = await createTestDb()
  app = connect(lab.url)
  const { trialId } = await concludedTrial(lab.db, { outcome: 'refused', answer: 'Error' })
  await approvedAndLocked(lab.db, trialId)
})
afterAll(async () => {
  await app.end()
  await lab.drop()
})

/** What is never altered at all. A registration is of its own kind: columns of a trial, below. */
const grows = [
  ...['readings', 'trial_events', 'observations', 'verdicts', 'signatures', 'audit_log'],
  ...['outcome_decisions', 'command_events', 'reply_checks', 'contradictions', 'review_events'],
  ...['protocol_versions', 'waivers', 'error_notes', 'error_sightings', 'raw_event_rereads'],
]
/** What may go on, such as what was read out of a body, and keeps these columns for ever. */
const kept = {
  raw_events: ['body', 'sha256', 'received_at', 'receipt', 'mdm_server_id', 'simulated'],
  commands: ['plist', 'plist_sha256', 'command_uuid', 'device_id', 'trial_id', 'simulated'],
  proofs: ['by_id', 'method', 'act', 'subject_id', 'at'],
}

test('the app works as a role that the grants hold', async () => {
  expect(await app.sql`select current_user as who`).toEqual([{ who: 'oneway_app' }])
})

test.each(grows)('the app may neither change, delete nor empty: %s', async (table) => {
  const [{ column } = { column: '' }] = await lab.sql`
    select attname as column from pg_attribute where attrelid = ${table}::regclass and attnum = 2`
  const name = app.sql(table)
  const attempts = [
    app.sql`update ${name} set ${app.sql(column)} = ${app.sql(column)}`,
    app.sql`delete from ${name}`,
    app.sql`truncate ${name} cascade`,
  ]
  for (const attempt of attempts) await expect(attempt).rejects.toThrow(/permission denied/)
  const [may] = await lab.sql`select has_any_column_privilege('oneway_app', ${table}, 'update')
    or has_table_privilege('oneway_app', ${table}, 'delete, truncate, trigger') as any`
  expect(may?.any).toBe(false)
})

test.each(Object.entries(kept))(
  'of %s the app may change what follows, and never: %s',
  async (table, columns) => {
    for (const column of columns) {
      const name = app.sql(column)
      await expect(app.sql`update ${app.sql(table)} set ${name} = ${name}`).rejects.toThrow(
        /permission denied/,
      )
    }
    for (const removal of [
      app.sql`delete from ${app.sql(table)}`,
      app.sql`truncate ${app.sql(table)} cascade`,
    ])
      await expect(removal).rejects.toThrow(/permission denied/)
  },
)

test('a sealed registration is changed by nobody', async () => {
  for (const sql of [app.sql, lab.sql])
    for (const column of [
      'registration',
      'registration_sha256',
      'expectation',
      'prediction',
      'registered_at',
    ])
      await expect(sql`update trials set ${sql(column)} = null`).rejects.toThrow()
  await expect(app.sql`delete from trials`).rejects.toThrow(/permission denied/)
})

test('every table of the record withholds deletion and emptying from the app', async () => {
  const rows = await lab.sql<{ name: string; deletes: boolean; empties: boolean }[]>`
    select relname as name, has_table_privilege('oneway_app', oid, 'delete') as deletes,
      has_table_privilege('oneway_app', oid, 'truncate') as empties
    from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`
  expect(rows.filter(({ empties }) => empties)).toEqual([])
  const deletable = rows.filter(({ deletes }) => deletes).map(({ name }) => name)
  expect(deletable.filter((name) => !trailTables[name]?.mayDelete)).toEqual([])
})

test('R2: no column of any watched table becomes NULL unseen', async () => {
  const unseen: string[] = []
  let seen = 0
  for (const { name, columns, key } of await listTables(lab.sql)) {
    const plan = trailTables[name]
    if (typeof plan?.trail !== 'string') continue
    for (const column of columns) {
      if (key.includes(column) || plan.ignored?.includes(column)) continue
      const how = await emptied(name, column)
      if (how === 'unseen') unseen.push(`${name}.${column}`)
      if (how === 'seen') seen += 1
    }
  }
  expect(unseen).toEqual([])
  expect(seen).toBeGreaterThan(50)
})

/**
 * Empties a column of one row with every guard but the trail's own out of the way, and undoes it again.
 * `refused` where the column can hold no NULL, `none` where no row has anything to lose.
 */
async function emptied(table: string, column: string) {
  const undo = { how: 'none' as 'none' | 'seen' | 'unseen' | 'refused' }
  await lab.sql
    .begin(async (tx) => {
      await tx`alter table ${tx(table)} disable trigger user`
      await tx`alter table ${tx(table)} enable trigger audits_update`
      const [head] = await tx`select coalesce(max(seq), 0)::int as seq from audit_log`
      const one = tx`select ctid from ${tx(table)} where ${tx(column)} is not null limit 1`
      const done = await tx`update ${tx(table)} set ${tx(column)} = null where ctid in (${one})`
      if (done.count > 0) {
        await tx`set constraints all immediate`
        const [entry] = await tx`select old, new from audit_log
          where seq > ${head?.seq} and table_name = ${table} and kind = 'update'`
        const reported = entry && entry.old[column] !== null && entry.new[column] === null
        undo.how = reported ? 'seen' : 'unseen'
      }
      throw undo
    })
    .catch((error: unknown) => {
      if (error === undo) return
      // 23xxx: an integrity constraint (https://www.postgresql.org/docs/18/errcodes-appendix.html).
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      if (!code.startsWith('23') && code !== '428C9') throw error
      undo.how = 'refused'
    })
  return undo.how
}
