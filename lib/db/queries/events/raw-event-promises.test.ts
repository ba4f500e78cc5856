import { afterAll, beforeAll, expect, test } from 'vitest'
import { addServer } from '@/lib/core/testing/device'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { type RawEventReadState, rawEventReadStates } from './raw-events'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const keep = async (state: RawEventReadState): Promise<number> => {
  const server = await addServer(lab.db)
  const [row] = await lab.sql`insert into raw_events (mdm_server_id, received_at, body, sha256)
    values (${server}, now(), '\\x01', 'y') returning id`
  const id = Number(row?.id)
  if (state !== 'unread')
    await lab.sql`update raw_events set read_state = ${state}, reason = 'why' where id = ${id}`
  return id
}
const allowed: Record<RawEventReadState, readonly RawEventReadState[]> = {
  unread: ['read', 'unreadable', 'unmatched', 'duplicate'],
  unreadable: ['unread'],
  unmatched: ['unread'],
  read: [],
  duplicate: [],
}

test('F22: an event goes from unreadable and unmatched to unread, and from read to nothing', async () => {
  for (const from of rawEventReadStates)
    for (const to of rawEventReadStates) {
      if (from === to) continue
      const id = await keep(from)
      const done = await lab.sql`update raw_events
        set read_state = ${to}, reread_at = now(), reread_by = 'Lee' where id = ${id}`.then(
        () => true,
        () => false,
      )
      expect([from, to, done]).toEqual([from, to, allowed[from].includes(to)])
    }
})

test('an event is not put back without a name and a time', async () => {
  const id = await keep('unreadable')
  const { sql } = lab
  await expect(sql`update raw_events set read_state = 'unread' where id = ${id}`).rejects.toThrow(
    /by somebody/,
  )
  await sql`update raw_events set read_state = 'unread', reread_at = now(), reread_by = 'Lee' where id = ${id}`
  await sql`update raw_events set read_state = 'unreadable' where id = ${id}`
  await expect(sql`update raw_events set read_state = 'unread' where id = ${id}`).rejects.toThrow(
    /by somebody/,
  )
})

test('what was read of an event stands', async () => {
  for (const state of ['read', 'duplicate'] as const) {
    const id = await keep(state)
    await expect(lab.sql`update raw_events set reason = 'other' where id = ${id}`).rejects.toThrow(
      /that stands/,
    )
  }
})

test('the history of readings is written by the event alone, and only grows', async () => {
  const { sql } = lab
  const id = await keep('unmatched')
  await sql`update raw_events set read_state = 'unread', reread_at = now(), reread_by = 'Lee' where id = ${id}`
  const kept =
    await sql`select was_state, was_reason, by_name from raw_event_rereads where raw_event_id = ${id}`
  expect(kept).toMatchObject([{ was_state: 'unmatched', was_reason: 'why', by_name: 'Lee' }])
  await expect(
    sql`insert into raw_event_rereads (raw_event_id, was_state, at, by_name) values (${id}, 'unmatched', now(), 'Eve')`,
  ).rejects.toThrow(/written by the event/)
  await expect(sql`update raw_event_rereads set was_reason = 'x'`).rejects.toThrow(/only grows/)
  await expect(sql`delete from raw_event_rereads`).rejects.toThrow(/only grows/)
  await expect(sql`truncate raw_event_rereads`).rejects.toThrow(/only grows/)
})
