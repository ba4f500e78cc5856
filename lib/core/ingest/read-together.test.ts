import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { walkChain } from '@/lib/db/audit/log'
import { connect } from '@/lib/db/client'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { startAttempts } from '../shared/failure'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { answerBody, checkinBody } from '../testing/webhook'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'
import { readTogether } from './read-together'

let lab: TestDb
let serverId: string
beforeAll(async () => {
  lab = await createTestDb()
  serverId = await addServer(lab.db)
})
afterAll(() => lab.drop())

const security = (key = 'PasscodePresent') =>
  `<key>SecurityInfo</key><dict><key>${key}</key><true/></dict>`

/** A device that was asked for SecurityInfo, and its kept answer. */
async function answered(keys = security()) {
  const device = await addDevice(lab.db, { serverId })
  const ask = { deviceId: device.id, questions: ['SecurityInfo' as const] }
  const { commandUuid } = must(await queryDevice(lab.db, engineer, ask, now), 'asked')
  await deliver(lab.db, fakeServer().servers, commandUuid, () => later(1))
  const answer = { ...device, commandUuid, status: 'Acknowledged', keys, at: later(100) }
  return { ...device, commandUuid, event: await keep(answerBody(answer)) }
}

const keep = async (body: Uint8Array) => (await keepEvent(lab.db, serverId, body, later(100))) ?? 0

async function read(groups: number[][]) {
  const { attempt, errors } = startAttempts()
  const count = await readTogether(lab.db, groups, () => later(101), attempt)
  expect(errors).toEqual([])
  return count
}

/** State and reason of events, and the transaction that wrote each. */
const rowsOf = (ids: readonly number[]) => lab.sql<
  { id: number; state: string; reason: string | null; commit: string }[]
>`select id::int, read_state as state, reason, xmin::text as commit from raw_events
  where id = any(${ids as number[]}::bigint[]) order by id`

/** What the trail says of a device since an entry, without what differs in any case. */
const trailOf = (deviceId: string, after: number) => lab.sql`
  select kind, table_name, by_id, old is null as is_new from audit_log
  where device_id = ${deviceId} and seq > ${after} order by table_name, kind`

async function withTrigger<T>(
  {
    table,
    deviceId,
    deferred = false,
    code = 'P0001',
  }: { table: string; deviceId: string; deferred?: boolean; code?: string },
  run: () => Promise<T>,
): Promise<T> {
  const name = `trouble_${randomUUID().replaceAll('-', '')}`
  const when = deferred
    ? `create constraint trigger ${name} after insert on ${table} deferrable initially deferred`
    : `create trigger ${name} before insert on ${table}`
  await lab.sql.unsafe(`create function ${name}() returns trigger language plpgsql as $$ begin
    if new.device_id = '${deviceId}' then raise exception 'made by the test' using errcode = '${code}'; end if; return new; end $$;
    ${when} for each row execute function ${name}()`)
  try {
    return await run()
  } finally {
    await lab.sql.unsafe(`drop function ${name} cascade`)
  }
}

test('events of several devices are read in one commit, and the trail says of each what it says of one read alone', async () => {
  const alone = await answered()
  const together = [await answered(), await answered(), await answered()]
  const [before] = await lab.sql`select seq::int from audit_head`
  await readOrSetAside(lab.db, alone.event, later(101))
  expect(await read(together.map(({ event }) => [event]))).toBe(3)
  const rows = await rowsOf(together.map(({ event }) => event))
  expect(rows.map(({ state }) => state)).toEqual(['read', 'read', 'read'])
  expect(new Set(rows.map(({ commit }) => commit)).size).toBe(1)
  const expected = await trailOf(alone.id, before?.seq)
  expect(expected.length).toBeGreaterThan(5)
  for (const device of together) {
    expect(await trailOf(device.id, before?.seq)).toEqual(expected)
    expect((await findCommand(lab.db, device.commandUuid))?.answerCount).toBe(1)
    expect((await currentState(lab.db, device.id)).passcodePresent?.value).toBe(true)
  }
  expect((await walkChain(lab.sql)).broken).toBeUndefined()
})

test.each([
  { what: 'while it is read', deferred: false },
  { what: 'at the commit', deferred: true },
])('one that fails $what is set aside alone, and the others are read', async ({ deferred }) => {
  const devices = [await answered(), await answered(), await answered()]
  const deviceId = devices[1]?.id ?? ''
  const ids = devices.map(({ event }) => event)
  await withTrigger({ table: 'readings', deviceId, deferred }, () => read(ids.map((id) => [id])))
  const rows = await rowsOf(ids)
  expect(rows.map(({ state }) => state)).toEqual(['read', 'unreadable', 'read'])
  expect(rows[1]?.reason).toContain('made by the test')
  expect((await walkChain(lab.sql)).broken).toBeUndefined()
})

test('one that meets the same passing error at each reading keeps no other from being read', async () => {
  const devices = [await answered(), await answered(), await answered()]
  const deviceId = devices[1]?.id ?? ''
  const ids = devices.map(({ event }) => event)
  const { attempt, errors } = startAttempts()
  // "out of memory": it may go away, so the event is read again in the next round.
  const count = await withTrigger({ table: 'readings', deviceId, code: '53200' }, () =>
    readTogether(
      lab.db,
      ids.map((id) => [id]),
      () => later(101),
      attempt,
    ),
  )
  expect([count, errors.length]).toEqual([2, 1])
  const states = async () => (await rowsOf(ids)).map(({ state }) => state)
  expect(await states()).toEqual(['read', 'unread', 'read'])
  expect(await read(ids.map((id) => [id]))).toBe(1)
  expect(await states()).toEqual(['read', 'read', 'read'])
})

test('a comparison that fails changes no reading and no other event', async () => {
  const [bad, good] = [await answered(), await answered()]
  const groups = [[bad.event], [good.event]]
  await withTrigger({ table: 'reply_checks', deviceId: bad.id }, () => read(groups))
  expect((await rowsOf(groups.flat())).map(({ state }) => state)).toEqual(['read', 'read'])
  const [row] = await lab.sql`select oddities from raw_events where id = ${bad.event}`
  expect(JSON.stringify(row?.oddities)).toContain('made by the test')
  expect((await currentState(lab.db, bad.id)).passcodePresent?.value).toBe(true)
})

test('a device that is locked delays no other, and no later event of it is read before an earlier one', async () => {
  const [busy, free] = [await answered(), await answered()]
  const second = await keep(checkinBody('TokenUpdate', busy.enrollmentId, '', later(101)))
  const other = connect(lab.url, { max: 1 })
  const holder = await other.sql.reserve()
  await holder`begin`
  await holder`select from devices where id = ${busy.id} for update`
  const reading = read([[busy.event, second], [free.event]])
  const stateOf = async (id: number) => (await rowsOf([id]))[0]?.state
  await expect.poll(() => stateOf(free.event)).toBe('read')
  expect([await stateOf(busy.event), await stateOf(second)]).toEqual(['unread', 'unread'])
  await holder`commit`
  holder.release()
  await other.end()
  expect(await reading).toBe(3)
  expect([await stateOf(busy.event), await stateOf(second)]).toEqual(['read', 'read'])
})

test('an event that another reader has is left to it, without waiting', async () => {
  const [theirs, ours] = [await answered(), await answered()]
  const other = connect(lab.url, { max: 1 })
  const holder = await other.sql.reserve()
  await holder`begin`
  await holder`select from devices where id = ${theirs.id} for update`
  await holder`select from raw_events where id = ${theirs.event} for update`
  expect(await read([[theirs.event], [ours.event]])).toBe(1)
  await holder`commit`
  holder.release()
  await other.end()
  expect((await rowsOf([theirs.event])).map(({ state }) => state)).toEqual(['unread'])
})

test('nothing of a device is read while an earlier event of it waits elsewhere', async () => {
  const [device, other] = [await answered(), await answered()]
  const later = await keep(checkinBody('TokenUpdate', device.enrollmentId, ''))
  expect(await read([[later], [other.event]])).toBe(1)
  expect((await rowsOf([device.event, later])).map(({ state }) => state)).toEqual([
    'unread',
    'unread',
  ])
  await read([[device.event, later]])
})

test('a large body and an event of an unknown device are read by themselves', async () => {
  const [large, small] = [
    await answered(`${security()}<key>Padding</key><string>${'x'.repeat(70_000)}</string>`),
    await answered(),
  ]
  const unknown = await keep(checkinBody('TokenUpdate', randomUUID(), ''))
  const ids = [large.event, unknown, small.event]
  expect(await read(ids.map((id) => [id]))).toBe(3)
  const rows = await rowsOf(ids)
  const states = new Map(rows.map(({ id, state }) => [id, state]))
  expect(ids.map((id) => states.get(id))).toEqual(['read', 'unmatched', 'read'])
  expect(new Set(rows.map(({ commit }) => commit)).size).toBe(3)
})

test('two readers of the same events read each of them once', async () => {
  const devices = await Promise.all([answered(), answered(), answered(), answered()])
  const groups = devices.map(({ event }) => [event])
  const counts = await Promise.all([read(groups), read(groups)])
  expect(counts[0] + counts[1]).toBe(4)
  for (const { commandUuid } of devices)
    expect((await findCommand(lab.db, commandUuid))?.answerCount).toBe(1)
})
