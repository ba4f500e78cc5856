import { afterAll, beforeAll, expect, test } from 'vitest'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { addDevice, addServer } from '@/lib/core/testing/device'
import { engineer, lead, now } from '@/lib/core/testing/people'
import { updateDevice } from '../queries/devices/devices'
import { insertRawEvents } from '../queries/events/stored-bodies'
import { updateServer } from '../queries/servers/servers'
import { storeLabSetting } from '../queries/settings'
import { createTestDb, type TestDb } from '../testing'
import { transact } from '../transact'
import { verifyTrail } from './log'
import { trailTables } from './trail-tables'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const entriesOf = (table: string, row: string) => lab.sql`
  select kind, old, new, by_name, by_role, reason, seq::int from audit_log
  where table_name = ${table} and row_id = ${row} order by seq`

const holds = { broken: undefined, mismatches: [] }
const by = { changedAt: now, changedBy: 'Lee' }

test('each change of a row is one entry: who, old, new and why, from and to NULL too', async () => {
  const device = await addDevice(lab.db)
  const change = (set: string | null) =>
    transact(lab.db, { ...lead, reason: `because of ${set}` }, async (tx) => {
      await updateDevice(tx, device.id, { holdReason: set })
    })
  await change('a fix to come')
  await change(null)
  const entries = await entriesOf('devices', device.id)
  expect(entries.slice(-2)).toMatchObject([
    {
      kind: 'update',
      old: { hold_reason: null },
      new: { hold_reason: 'a fix to come' },
      by_name: 'Lee',
      by_role: 'lead',
      reason: 'because of a fix to come',
    },
    { kind: 'update', old: { hold_reason: 'a fix to come' }, new: { hold_reason: null } },
  ])
  expect(Object.keys(entries.at(-1)?.new)).toEqual(['hold_reason'])
})

test('who changes the database by hand is seen as the login that did it', async () => {
  const id = await addServer(lab.db)
  await lab.sql`update mdm_servers set name = 'By hand' where id = ${id}`
  const [entry] = (await entriesOf('mdm_servers', id)).slice(-1)
  expect(entry).toMatchObject({ by_role: 'database', new: { name: 'By hand' } })
})

test('a deleted row leaves all it was', async () => {
  await lab.sql`insert into users (id, name, email) values ('u1', 'Uma', 'uma@oneway.example')`
  await lab.sql`insert into sessions (id, expires_at, token, user_id) values ('s1', now(), 'a-token', 'u1')`
  await lab.sql`delete from sessions where id = 's1'`
  expect(await entriesOf('sessions', 's1')).toMatchObject([
    { kind: 'insert', new: { user_id: 'u1' } },
    { kind: 'delete', old: { user_id: 'u1' } },
  ])
})

test('a secret is never in the trail, and its change is', async () => {
  const id = await addServer(lab.db, false, { apiKey: 'canary-one', hmacKey: 'canary-two' })
  await updateServer(lab.db, id, { apiKey: 'canary-three' })
  await lab.sql`insert into accounts (id, account_id, provider_id, user_id, password) values ('a1', 'u1', 'credential', 'u1', 'canary-four')`
  const rows = await lab.sql`select from audit_log where audit_log::text like '%canary-%'`
  expect(rows).toHaveLength(0)
  const [entry] = (await entriesOf('mdm_servers', id)).slice(-1)
  expect(entry).toMatchObject({ old: { api_key: '(secret)' }, new: { api_key: '(secret)' } })
})

test('a row that only was seen again is no entry', async () => {
  const device = await addDevice(lab.db)
  await lab.sql`update devices set last_seen_at = now() where id = ${device.id}`
  expect(await entriesOf('devices', device.id)).toHaveLength(1)
})

test('bodies that are kept in one statement are one entry, with their hashes', async () => {
  const mdmServerId = await addServer(lab.db)
  const event = (n: number) => ({
    mdmServerId,
    receivedAt: now,
    body: new Uint8Array([n]),
    sha256: 'claimed',
    receipt: crypto.randomUUID(),
  })
  const ids = await insertRawEvents(lab.db, [event(1), event(2)])
  const entries =
    await lab.sql`select new from audit_log where table_name = 'raw_events' and row_id is null order by seq desc limit 1`
  expect(entries[0]?.new.rows).toMatchObject(
    ids.map((id) => ({ id, body: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) })),
  )
})

test('what is undone leaves no entry and no hole', async () => {
  const [before] = await lab.sql`select seq::int from audit_head`
  const undone = transact(lab.db, lead, async (tx) => {
    await storeLabSetting(tx, 'holdSeconds', 31, by)
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  await transact(lab.db, lead, (tx) => storeLabSetting(tx, 'holdSeconds', 32, by))
  const [after] = await lab.sql`select seq::int from audit_head`
  expect(after?.seq).toBe(before?.seq + 1)
})

test('many writers at once leave one chain without a hole, and none waits in a ring', async () => {
  const servers = await Promise.all([1, 2, 3, 4].map(() => addServer(lab.db)))
  const write = (n: number) =>
    transact(lab.db, engineer, async (tx) => {
      const [one = '', other = ''] = [servers[n % 4], servers[(n + 1) % 4]].toSorted()
      for (const id of [one, other]) await updateServer(tx, id, { name: `Name ${n}` })
      await storeLabSetting(tx, 'holdSeconds', n, by)
    })
  await Promise.all(Array.from({ length: 60 }, (_, n) => write(n)))
  const [row] = await lab.sql`select count(*)::int as n, max(seq)::int as last from audit_log`
  expect(row?.n).toBe(row?.last)
  expect(await verifyTrail(lab.sql)).toMatchObject(holds)
})

test('while one transaction is open, another writes and commits without waiting for it', async () => {
  let finish = () => {}
  const waiting = new Promise<void>((resolve) => {
    finish = resolve
  })
  const id = await addServer(lab.db)
  const slow = lab.sql.begin(async (tx) => {
    await tx`update mdm_servers set name = 'Slow' where id = ${id}`
    await waiting
  })
  await transact(lab.db, lead, (tx) => storeLabSetting(tx, 'holdSeconds', 33, by))
  finish()
  await slow
  expect(await verifyTrail(lab.sql)).toMatchObject(holds)
})

test.each(['update audit_log set reason = reason', 'delete from audit_log', 'truncate audit_log'])(
  'the trail only grows, for its owner too: %s',
  async (statement) => {
    await expect(lab.sql.unsafe(statement)).rejects.toThrow(/only grows/)
  },
)

test('every table of the database is watched, or it is said why not', async () => {
  const rows = await lab.sql`select relname as name from pg_class
    where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`
  expect(rows.map(({ name }) => name).filter((name) => !trailTables[name])).toEqual([])
})

test('I8: after a whole trip the chain holds, and every row is what the trail says', async () => {
  await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  const verified = await verifyTrail(lab.sql)
  expect(verified).toMatchObject(holds)
  expect(verified.entries).toBeGreaterThan(50)
})

test('names beyond ASCII are hashed byte for byte as anybody else would', async () => {
  await lab.sql`insert into users (id, name, email) values ('u2', ${'Zoë 👩‍🔬 ‮اسم‬ "\\"'}, 'zoe@oneway.example')`
  expect(await verifyTrail(lab.sql)).toMatchObject(holds)
})
