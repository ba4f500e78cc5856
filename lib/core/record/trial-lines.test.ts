import type postgres from 'postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { linesThatDiffer } from '@/lib/db/audit/check-folds'
import { connect } from '@/lib/db/client'
import { startCopy } from '@/lib/db/copy'
import { clientOf } from '@/lib/db/driver/client-proxies'
import { copyExport, type ExportQuery, exportStatement } from '@/lib/db/queries/trials/exports'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { twoOrders } from '../testing/arms'
import { engineer, later, must, now } from '../testing/people'
import { sentTrial, twoSlots } from '../testing/trial'
import { exportCsv, streamCsv } from './export-csv'
import { approvedAndLocked } from './review.testing'
import { concludedTrial } from './trial-trip.testing'

// A kept line must never say other than the record. Here the record is changed in every way that its tables allow.

let lab: TestDb
let trialId: string
beforeAll(async () => {
  lab = await createTestDb()
  ;({ trialId } = await concludedTrial(lab.db, { plan: twoOrders, outcome: 'refused' }))
  await approvedAndLocked(lab.db, trialId)
  await concludedTrial(lab.db, {
    plan: { ...twoSlots, secondReader: true },
    ...{ outcome: 'refused', seen: 'C:\\temp\t"x",\r\n', answer: 'Error' },
  })
  await sentTrial(lab.db)
  await pastTriggers(lab.sql, (tx) => addTheRest(clientOf(tx)))
  for (const table of sources) await withoutGuards(table)
}, 120_000)
afterAll(() => lab.drop())

/** The tables that a line is made of, but the trail; `review_events` in place of their fold, `trial_reviews`. */
const sources = [
  ...['arm_assignments', 'arm_lists', 'attachment_withdrawals', 'attachments', 'command_events'],
  ...['commands', 'contradiction_standings', 'contradictions', 'devices', 'observations'],
  ...['outcome_decisions', 'person_links', 'protocol_versions', 'readings', 'reply_checks'],
  ...['review_events', 'second_readings', 'signature_checks', 'signatures', 'trial_events'],
  ...['trials', 'verdicts', 'waivers'],
]

async function add(sql: postgres.Sql, table: string, row: Record<string, unknown>): Promise<void> {
  const names = Object.keys(row).join(', ')
  const json = JSON.stringify(row).replaceAll("'", "''")
  await sql.unsafe(`insert into ${table} (${names})
    select ${names} from jsonb_populate_record(null::${table}, '${json}')`)
}

/** What such trials have in other labs. */
async function addTheRest(sql: postgres.Sql): Promise<void> {
  const by = { by_id: 'e1', by_name: 'Erin' }
  const at = later(910).toISOString()
  const [trial] = await sql`select device_id from trials where id = ${trialId}`
  const [event] = await sql`select id from raw_events where trial_id = ${trialId} limit 1`
  const [signature] =
    await sql`select id, by_id, at from signatures where trial_id = ${trialId} order by id limit 1`
  const [decision] = await sql`select id from outcome_decisions where trial_id = ${trialId} limit 1`
  const about = { trial_id: trialId, device_id: trial?.device_id, request_type: 'ScheduleOSUpdate' }
  const told = { platform: 'iOS', os_version: '12.1', documentation: 'x', simulated: false }
  await sql`delete from reply_checks where trial_id = ${trialId}`
  await add(sql, 'reply_checks', { ...about, ...told, raw_event_id: event?.id, created_at: at })
  const found = { raw_event_id: event?.id, path: 'Status', kind: 'unknownValue', observed: 'x' }
  const words = { created_at: at, expected: 'y', reason: 'z', fingerprint: 'f', out_of: 'trial' }
  const cited = { cites: [], reported: [] }
  await add(sql, 'contradictions', { ...about, ...told, ...found, ...words, ...cited })
  await sql`insert into contradiction_standings (contradiction_id, trial_id, stands, reason, at)
    select id, trial_id, true, 'it was seen', ${at} from contradictions`
  for (const upload of ['one', 'two']) {
    const file = { file_name: 'a.png', type: 'image/png', bytes: 1, sha256: 'a'.repeat(64) }
    await add(sql, 'attachments', {
      trial_id: trialId,
      ...file,
      ...by,
      attached_at: at,
      upload_id: upload,
    })
  }
  await sql`insert into attachment_withdrawals (attachment_id, trial_id, reason, at, by_id, by_name)
    select id, trial_id, 'it shows another device', ${at}, 'e1', 'Erin' from attachments where upload_id = 'two'`
  await add(sql, 'waivers', {
    trial_id: trialId,
    rule_id: 'Q5',
    reason: 'C:\\temp, "x"\r\n\tand more',
    ...by,
    at,
    signature_id: signature?.id,
  })
  const read = {
    decision_id: decision?.id,
    outcome: 'refused',
    agrees: true,
    reason: 'it was seen so',
    by_role: 'lead',
  }
  await add(sql, 'second_readings', { trial_id: trialId, ...read, ...by, at })
  await sql`insert into signature_checks (signature_id, checked_at, differences)
    select id, ${at}, '{}' from signatures where trial_id = ${trialId}`
  // One whose end is shown by its readings alone.
  await sql`update trials set end_seen_at = null, end_os = null, end_build = null where id = ${trialId}`
  const link = {
    kind: 'reset',
    token_sha256: 'b'.repeat(64),
    email: 'l@x',
    person_id: signature?.by_id,
  }
  const made = {
    made_at: now,
    made_by_id: 'a1',
    made_by_name: 'Ada',
    expires_at: at,
    used_at: signature?.at,
  }
  await add(sql, 'person_links', { ...link, ...made })
}

/** Nothing stops a change of the table any more; what enters and marks it stays. */
async function withoutGuards(table: string): Promise<void> {
  const triggers = await lab.sql<{ name: string }[]>`
    select tgname as name from pg_trigger where tgrelid = ${table}::regclass and not tgisinternal
      and tgname !~ '^(audits_|marks_lines|keeps_outcomes|keeps_current|keeps_review)'`
  for (const { name } of triggers)
    await lab.sql`alter table ${lab.sql(table)} disable trigger ${lab.sql(name)}`
}

const marks = async () => (await lab.sql`select from trial_line_marks`).length
const makeAll = () => lab.sql`select keep_trial_lines(1000)`

const changed: Record<string, readonly ((column: string) => string)[]> = {
  text: [(column) => `coalesce(${column}, '') || 'x'`, () => `repeat('e', 64)`],
  boolean: [(column) => `not coalesce(${column}, false)`],
  integer: [(column) => `coalesce(${column}, 0) + 1`],
  bigint: [(column) => `coalesce(${column}, 0) + 1`],
  'timestamp with time zone': [(column) => `coalesce(${column}, now()) + interval '1 hour'`],
  jsonb: [() => `'{}'`, () => `'"12.0.1"'`],
  uuid: [() => 'gen_random_uuid()', () => `(select id from trials order by number desc limit 1)`],
  ARRAY: [(column) => `coalesce(${column}, '{}') || array['x']`],
  bytea: [() => `convert_to('{"Payload":{"TargetLocalDateTime":"2027-01-01"}}', 'UTF8')`],
}

const otherSeed = `'${'c'.repeat(64)}'`

/** One that arrives after the end of a trial, and says what its device had before. */
const lateReading = `
  insert into readings (device_id, field, value, source, asked_at, answered_at, by_name)
  select t.device_id, 'osVersion', to_jsonb('12.' || floor(random() * 1000)), 'typed', t.sent_at,
    t.concluded_at - random() * interval '10 seconds', 'Erin'
  from trials t where t.concluded_at is not null`

const alsoChanged: Record<string, readonly string[]> = {
  arm_lists: [
    `update arm_lists set seed = ${otherSeed}, seed_sha256 = encode(sha256(${otherSeed}), 'hex')`,
  ],
  readings: [lateReading],
}

/** All changes of one column, or of whole rows, that can be tried on a table. */
async function changesOf(table: string): Promise<string[]> {
  const columns = await lab.sql<{ name: string; type: string }[]>`
    select column_name as name, data_type as type from information_schema.columns
    where table_schema = 'public' and table_name = ${table} and is_generated = 'NEVER'`
  const own = columns.filter(({ name }) => name !== 'id')
  const names = own.map(({ name }) => `"${name}"`).join(', ')
  const others = own.flatMap(({ name }) => (name.endsWith('_id') ? [] : [name]))
  return [
    ...own.flatMap(({ name, type }) =>
      (changed[type] ?? []).map((value) => `update ${table} set "${name}" = ${value(`"${name}"`)}`),
    ),
    ...others.map((name) => `update ${table} set "${name}" = null`),
    ...(alsoChanged[table] ?? []),
    `delete from ${table}`,
    `insert into ${table} (${names}) select ${names} from ${table}`,
  ]
}

/** Tries one change and takes it back: how many lines it made wrong, and which of them count all the same. */
async function tried(change: string) {
  const result = { wrong: 0, counted: [] as unknown[] }
  await lab.sql
    .begin(async (begun) => {
      const tx = clientOf(begun)
      await tx.unsafe(change)
      // What is entered and marked at the commit.
      await tx`set constraints all immediate`
      result.counted = await linesThatDiffer(tx)
      const [row] = await tx<{ n: number }[]>`
        select count(*)::int as n from trial_lines l left join trials t on t.number = l.trial_number
          left join trial_line_fold f on f.trial = t.id where f.line is distinct from l.line`
      result.wrong = row?.n ?? 0
      throw new Error('taken back')
    })
    .catch((error: unknown) => error)
  return result
}

/** Every table that a view reads, by itself or through other views and functions. */
const tablesBehind = (view: string) => lab.sql<{ name: string }[]>`
  with recursive behind (kind, id) as (
    select 'pg_class'::regclass::oid, ${view}::regclass::oid
    union
    select found.kind, found.id from behind b cross join lateral (
      select d.refclassid as kind, d.refobjid as id
      from pg_rewrite r join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
      where b.kind = 'pg_class'::regclass and r.ev_class = b.id
      union
      select 'pg_class'::regclass::oid, c.oid
      from pg_proc p join pg_class c on c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')
        and p.prosrc ~ ('(from|join|FROM|JOIN) ' || c.relname || '\\M')
      where b.kind = 'pg_proc'::regclass and p.oid = b.id and p.pronamespace = 'public'::regnamespace
      union
      select 'pg_proc'::regclass::oid, q.oid
      from pg_proc p join pg_proc q on q.pronamespace = 'public'::regnamespace and p.prosrc ~ ('\\m' || q.proname || '\\(')
      where b.kind = 'pg_proc'::regclass and p.oid = b.id and p.pronamespace = 'public'::regnamespace
    ) found
  )
  select c.relname as name from behind b join pg_class c on b.kind = 'pg_class'::regclass and c.oid = b.id
  where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by name`

test('a line is made of these tables and of no others', async () => {
  const behind = (await tablesBehind('trial_line_fold')).map(({ name }) => name)
  const causes = behind.map((name) => (name === 'trial_reviews' ? 'review_events' : name))
  expect(causes.filter((name) => name !== 'audit_log').toSorted()).toEqual(sources.toSorted())
})

test('whatever is changed in any of its tables, no line counts that is not the record any more', async () => {
  await makeAll()
  const [kept] = await lab.sql`select count(*)::int as lines from trial_lines`
  expect(kept?.lines).toBe(2)
  const felt = new Set<string>()
  for (const table of sources)
    for (const change of await changesOf(table)) {
      const { wrong, counted } = await tried(change)
      expect(counted, change).toEqual([])
      if (wrong > 0) felt.add(table)
    }
  expect([...felt].sort()).toEqual([...sources].sort())
}, 300_000)

const query = { kind: 'trials', environment: 'real' } as const

/** The file, and which way it was read. */
async function exported(sql: postgres.Sql, filter: TrialFilter = {}) {
  let form = ''
  const copy = async (it: ExportQuery) => {
    const copied = await copyExport(sql, it)
    form = copied.form
    return copied
  }
  const file = must(await exportCsv(copy, engineer, { ...query, filter, bom: false }, now), 'ready')
  return { text: await new Response(file.body).text(), form }
}

const filters: [TrialFilter, number][] = [
  [{}, 3],
  [{ platform: 'iOS' }, 3],
  [{ state: 'concluded' }, 2],
  [{ text: 'two ways' }, 1],
]

test.each(filters)(
  'the file of kept lines under %j is the one of the view, byte for byte',
  async (filter, trials) => {
    await makeAll()
    const own = connect(lab.url, { max: 1 })
    const { text, form } = await exported(own.sql, filter)
    expect(form).toBe('lines')
    const rows = await startCopy(own.sql, exportStatement({ ...query, filter }))
    expect(text).toBe(await new Response(streamCsv(rows, { bom: false, ended: vi.fn() })).text())
    expect(text.match(/^T-/gm)).toHaveLength(trials)
    expect(text).toContain('C:\\temp, ""x""\r\n\tand more')
    await own.end()
  },
)

test('with many marks the view is read, and the lines are made when the reader has gone', async () => {
  await makeAll()
  const own = connect(lab.url, { max: 2 })
  const kept = await exported(own.sql)
  await lab.sql`insert into trial_line_marks (trial_number) select 1 from generate_series(1, 11000)`
  expect(await exported(own.sql)).toEqual({ form: 'csv', text: kept.text })
  await expect.poll(marks).toBe(0)
  expect(await exported(own.sql)).toEqual(kept)
  await own.end()
})

test('a change waits for nobody who makes lines, and they do not wait for it', async () => {
  await makeAll()
  const { sql, end } = connect(lab.url, { max: 3, asOwner: true })
  const change = (tx: postgres.Sql) =>
    tx.unsafe(
      `set local lock_timeout = '20s'; update trials set concluded_by = md5(random()::text)`,
    )
  await sql.begin((tx) => change(clientOf(tx)))
  await sql.begin(async (making) => {
    await making`select keep_trial_lines(1000)`
    await sql.begin((tx) => change(clientOf(tx)))
  })
  expect(await marks()).toBeGreaterThan(0)
  expect(await linesThatDiffer(sql)).toEqual([])
  await sql.begin(async (tx) => {
    await change(clientOf(tx))
    await tx`set constraints all immediate`
    await sql.begin((making) =>
      making`set local lock_timeout = '20s'; select keep_trial_lines(1000)`.simple(),
    )
  })
  expect(await marks()).toBeGreaterThan(0)
  expect(await linesThatDiffer(sql)).toEqual([])
  await end()
})

/** What is written at once about one trial, in the order in which the services lock. */
const writes = [
  'select from devices where id = $1 for no key update',
  `update trials set concluded_by = md5(random()::text) where device_id = $1`,
  `update trials set state = case state when 'concluded' then 'observing' else 'concluded' end
    where device_id = $1 and outcome is not null`,
  `update devices set lab_tag = md5(random()::text) where id = $1`,
  `update signatures set by_name = md5(random()::text) where trial_id in (select id from trials where device_id = $1)`,
  `update signature_checks set differences = array[random()::text] where signature_id in
    (select g.id from signatures g join trials t on t.id = g.trial_id where t.device_id = $1)`,
  `${lateReading} and t.device_id = $1`,
]

test('while several change the record and lines are made, no snapshot has a line that is not its record', async () => {
  const { sql, end } = connect(lab.url, { max: 10, asOwner: true })
  let writing = true
  const wrong: unknown[] = []
  const devices = await sql<{ id: string }[]>`select device_id as id from trials`
  const write = async (lane: number) => {
    for (let round = 0; round < 15; round += 1)
      await sql.begin(async (tx) => {
        const id = devices[(lane + round) % devices.length]?.id ?? ''
        const first = 1 + ((lane * 2 + round) % 6)
        const chosen = round % 3 === 0 ? [0, first, 1 + ((first + 2) % 6)] : [0, first]
        for (const [index, statement] of writes.entries())
          if (chosen.includes(index)) await tx.unsafe(statement, [id])
      })
  }
  const make = async () => {
    while (writing) await sql`select keep_trial_lines(2)`
  }
  const look = async () => {
    while (writing)
      await sql.begin('isolation level repeatable read read only', async (tx) => {
        wrong.push(...(await linesThatDiffer(clientOf(tx))))
      })
  }
  const others = [make(), make(), look(), look()]
  await Promise.all([0, 1, 2].map(write)).finally(() => {
    writing = false
  })
  await Promise.all(others)
  expect(wrong).toEqual([])
  await makeAll()
  expect(await linesThatDiffer(sql)).toEqual([])
  expect(await sql`select from trial_line_marks`).toHaveLength(0)
  await end()
}, 300_000)
