import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Db } from '@/lib/db/client'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { addServer } from '../testing/device'
import { later, now } from '../testing/people'
import {
  recordHeartbeat as recordHeartbeatBy,
  recordListenerSilence,
  recordMissed,
} from './listener-health'

let lab: TestDb
let serverId: string
let slug: string
beforeEach(async () => {
  lab = await createTestDb()
  slug = `s-${randomUUID()}`
  serverId = await addServer(lab.db, false, { slug, createdAt: later(-3600) })
})
afterEach(() => lab.drop())

const recordHeartbeat = (db: Db, process: ReturnType<typeof web>, at: Date) =>
  recordHeartbeatBy(db, process, () => at)
const web = () => ({ id: randomUUID(), startedAt: now })
const gaps = async () =>
  (await listGaps(lab.db, serverId)).map(({ beganAt, endedAt }) => [beganAt, endedAt])

test('the first heartbeat ends no gap', async () => {
  await recordHeartbeat(lab.db, web(), now)
  expect(await recordListenerSilence(lab.db, later(5))).toBe(0)
  expect(await gaps()).toEqual([])
})

test('F28: the gap is from the last heartbeat to the next start', async () => {
  await recordHeartbeat(lab.db, web(), now)
  await recordHeartbeat(lab.db, web(), later(600))
  expect(await gaps()).toEqual([[now, later(600)]])
})

test('F28: thirty seconds without a heartbeat are no gap', async () => {
  const process = web()
  await recordHeartbeat(lab.db, process, now)
  await recordHeartbeat(lab.db, process, later(30))
  expect(await recordListenerSilence(lab.db, later(60))).toBe(0)
  expect(await gaps()).toEqual([])
})

test('F28: the worker opens the gap once, and the next listener ends it', async () => {
  await recordHeartbeat(lab.db, web(), now)
  const opened = await Promise.all([1, 2, 3].map(() => recordListenerSilence(lab.db, later(31))))
  expect(opened.toSorted()).toEqual([0, 0, 1])
  expect(await gaps()).toEqual([[now, null]])
  expect(await recordListenerSilence(lab.db, later(40))).toBe(0)
  await recordHeartbeat(lab.db, web(), later(50))
  expect(await gaps()).toEqual([[now, later(50)]])
  expect(await recordListenerSilence(lab.db, later(51))).toBe(0)
})

test('F28: while one of two listeners runs there is no gap', async () => {
  const [one, other] = [web(), web()]
  await recordHeartbeat(lab.db, one, now)
  for (const second of [20, 40, 60]) await recordHeartbeat(lab.db, other, later(second))
  expect(await recordListenerSilence(lab.db, later(70))).toBe(0)
  expect(await gaps()).toEqual([])
})

test('F28: without any listener ever, the gap begins with the last contact of each server, and a listener ends it', async () => {
  const heard = await addServer(lab.db, false, {
    ...{ createdAt: later(-3600), lastContactAt: later(-20) },
  })
  await addServer(lab.db, false, { createdAt: later(-10) })
  expect(await recordListenerSilence(lab.db, now)).toBe(1)
  expect(await recordListenerSilence(lab.db, later(15))).toBe(1)
  expect(await recordListenerSilence(lab.db, later(21))).toBe(1)
  expect(await recordListenerSilence(lab.db, later(22))).toBe(0)
  await recordHeartbeat(lab.db, web(), later(50))
  expect(await gaps()).toEqual([[later(-3600), later(50)]])
  expect((await listGaps(lab.db, heard)).map(({ beganAt }) => beganAt)).toEqual([later(-20)])
})

test('an MDM server that was added later has no gap', async () => {
  await recordHeartbeat(lab.db, web(), now)
  const added = await addServer(lab.db, false, { createdAt: later(300) })
  await recordHeartbeat(lab.db, web(), later(600))
  expect(await listGaps(lab.db, added)).toEqual([])
})

test('F29: missed bodies inside a known gap belong to it, and others are a gap of their own', async () => {
  await recordHeartbeat(lab.db, web(), now)
  await recordHeartbeat(lab.db, web(), later(600))
  await recordMissed(lab.db, { slug, from: later(10), to: later(60), bodies: 2 })
  expect(await gaps()).toHaveLength(1)
  await recordMissed(lab.db, { slug, from: later(700), to: later(720), bodies: 1 })
  expect(await gaps()).toHaveLength(2)
  await recordMissed(lab.db, { slug: 'nobody', from: later(1), to: later(2), bodies: 1 })
})

test('of a gap only the end can be written, and only once', async () => {
  await recordHeartbeat(lab.db, web(), now)
  await recordListenerSilence(lab.db, later(100))
  await expect(lab.sql`update observation_gaps set began_at = now()`).rejects.toThrow('stands')
  await expect(lab.sql`delete from observation_gaps`).rejects.toThrow('only grows')
  await recordHeartbeat(lab.db, web(), later(200))
  await expect(lab.sql`update observation_gaps set ended_at = now()`).rejects.toThrow('stands')
})

test('the database marks a gap of the virtual lab as simulated', async () => {
  const virtual = await addServer(lab.db, true, { createdAt: later(-3600) })
  await recordHeartbeat(lab.db, web(), now)
  await recordHeartbeat(lab.db, web(), later(600))
  expect((await listGaps(lab.db, virtual)).map(({ simulated }) => simulated)).toEqual([true])
})
