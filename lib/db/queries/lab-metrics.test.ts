import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordHeartbeat } from '@/lib/core/ingest/listener-health'
import { addServer } from '@/lib/core/testing/device'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { observationGaps, rawEvents } from '../schema/schema'
import { readLabMetrics } from './lab-metrics'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const now = new Date('2026-03-01T12:00:00Z')
const before = (seconds: number) => new Date(now.getTime() - seconds * 1000)

test('an empty lab has nothing to do, and no listener yet', async () => {
  expect(await readLabMetrics(lab.db, now)).toEqual({
    ...{ unreadEvents: 0, oldestUnreadSeconds: 0, openCommands: {} },
    ...{ overdueCommands: 0, oldestOverdueSeconds: 0, waitingNotices: 0 },
    ...{ openGaps: 0, endedGaps: 0, stoppedServers: 0, secondsSinceHeartbeat: null },
  })
})

test('what waits is counted, with the age of the oldest', async () => {
  const server = await addServer(lab.db)
  await recordHeartbeat(lab.db, { id: crypto.randomUUID(), startedAt: before(90) }, () => before(8))
  const event = { mdmServerId: server, body: Buffer.from('x'), sha256: 'x' }
  await lab.db.insert(rawEvents).values([
    { ...event, receivedAt: before(30) },
    { ...event, receivedAt: before(5) },
  ])
  await lab.db
    .insert(observationGaps)
    .values({ mdmServerId: server, beganAt: before(60), reason: 'for a test' })
  expect(await readLabMetrics(lab.db, now)).toMatchObject({
    ...{ unreadEvents: 2, oldestUnreadSeconds: 30, openGaps: 1, secondsSinceHeartbeat: 8 },
  })
})
