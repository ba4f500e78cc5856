import { afterEach, beforeEach, expect, test } from 'vitest'
import { addServer } from '@/lib/core/testing/device'
import { later } from '@/lib/core/testing/people'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { findServer } from '@/lib/db/queries/servers/servers'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createHeartbeat } from './heartbeat'

let lab: TestDb
let serverId: string
let second: number
beforeEach(async () => {
  lab = await createTestDb()
  serverId = await addServer(lab.db, false, { createdAt: later(-3600) })
  second = 0
})
afterEach(() => lab.drop())

const errors: unknown[] = []
const listener = () =>
  createHeartbeat(lab.db, { clock: () => later(second), report: (error) => errors.push(error) })
type Listener = ReturnType<typeof listener>

/** Every listener writes a heartbeat at each of these seconds. */
async function beatAt(seconds: readonly number[], ...listeners: Listener[]) {
  for (const at of seconds) {
    second = at
    for (const one of listeners) await one.recordHeartbeat()
  }
  expect(errors).toEqual([])
}
const gaps = async () =>
  (await listGaps(lab.db, serverId)).map(({ beganAt, endedAt }) => [beganAt, endedAt])

test('F29: a listener that is killed and started again at once is a gap, recorded once', async () => {
  const killed = listener()
  await beatAt([0], killed)
  const next = listener()
  await beatAt([8, 18, 28, 38], next)
  expect(await gaps()).toEqual([])
  await beatAt([48, 58, 68], next)
  expect(await gaps()).toEqual([[later(0), later(48)]])
})

test('a listener that ended in order and lost nothing is no gap', async () => {
  const first = listener()
  await beatAt([0], first)
  first.stop()
  await first.end(false)
  await beatAt([8, 18, 28, 38, 48], listener())
  expect(await gaps()).toEqual([])
})

test('F29: a listener that ended while it held a body is a gap', async () => {
  const first = listener()
  await beatAt([0], first)
  await first.end(true)
  await beatAt([8, 18, 28, 38, 48], listener())
  expect(await gaps()).toEqual([[later(0), later(48)]])
})

test('F29: bodies that were answered 503 are recorded before the end', async () => {
  const first = listener()
  await beatAt([0], first)
  const slug = (await findServer(lab.db, serverId))?.slug ?? ''
  first.missed.note(slug, later(2), later(4))
  await first.end(false)
  expect(await gaps()).toEqual([[later(2), later(4)]])
  await beatAt([8, 18, 28, 38, 48], listener())
  expect(await gaps()).toHaveLength(1)
})

test('of two listeners the killed one is a gap although the other wrote every heartbeat', async () => {
  const [killed, other] = [listener(), listener()]
  await beatAt([0, 10], killed, other)
  await beatAt([20, 30, 40, 50], other)
  expect(await gaps()).toEqual([[later(10), later(50)]])
})

test('listeners that wait for one database are one gap, whichever comes back first', async () => {
  const [one, other] = [listener(), listener()]
  await beatAt([0, 10], one, other)
  await beatAt([100, 110, 120, 130, 140], other, one)
  expect(await gaps()).toEqual([[later(10), later(100)]])
})

test('a listener that comes back after it was taken as killed counts again', async () => {
  const [lost, other] = [listener(), listener()]
  await beatAt([0, 10], lost, other)
  await beatAt([20, 30, 40, 50], other)
  await beatAt([60], lost, other)
  await beatAt([70, 80, 90, 100], other)
  expect(await gaps()).toEqual([
    [later(60), later(100)],
    [later(10), later(50)],
  ])
})
