import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listQueue } from '@/lib/db/queries/planning/queue'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import type { QueuePriority } from '@/lib/domain/planning/queue'
import { holdDevice } from '../devices/hold-device'
import { retireDevice } from '../devices/retire-device'
import { listWaiting } from '../home/list-waiting'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { reviewedProtocol } from '../testing/trial'
import { bookTrial } from './book-trial'
import { withdrawTrial } from './close-trial'
import { draftTrial, registerTrial } from './prepare-trial'
import { joinQueue, leaveQueue, moveInQueue } from './queue'

const bob: Actor = { id: 'e2', name: 'Bob', role: 'engineer' }
const cleo: Actor = { id: 'e3', name: 'Cleo', role: 'engineer' }

let lab: TestDb
let protocolVersionId: string
beforeAll(async () => {
  lab = await createTestDb()
  protocolVersionId = await reviewedProtocol(lab.db)
})
afterAll(() => lab.drop())

const join = async (deviceId: string, actor: Actor, priority: QueuePriority = 'usual', at = now) =>
  joinQueue(lab.db, actor, { deviceId, protocolVersionId, priority }, at)
const joined = async (...given: Parameters<typeof join>) =>
  must(await join(...given), 'joined').entryId
const order = async (deviceId: string, at = now) =>
  (await listQueue(lab.db, { deviceId }, at)).map(({ joinedByName }) => joinedByName)
const turns = async (actor: Actor, at: Date) => {
  const items = await listWaiting(lab.db, actor, 'real', at)
  return items.find(({ kind }) => kind === 'turns')?.count ?? 0
}

test('who checks a fix comes first, then who came first; a lead moves places', async () => {
  const { id } = await addDevice(lab.db)
  await joined(id, engineer)
  await joined(id, bob, 'usual', later(1))
  const last = await joined(id, cleo, 'verification', later(2))
  expect(await order(id)).toEqual(['Cleo', 'Erin', 'Bob'])
  const move = (actor: Actor, to: 'up' | 'down') =>
    moveInQueue(lab.db, actor, { entryId: last, to }, now)
  expect(await move(engineer, 'down')).toMatchObject({
    reason: expect.stringContaining('role lead'),
  })
  expect(await move(lead, 'up')).toMatchObject({ reason: 'Cleo is the first already.' })
  must(await move(lead, 'down'), 'moved')
  must(await move(lead, 'down'), 'moved')
  expect(await order(id)).toEqual(['Erin', 'Bob', 'Cleo'])
  must(await move(lead, 'up'), 'moved')
  expect(await order(id)).toEqual(['Erin', 'Cleo', 'Bob'])
})

test('one person has one place in a queue, in the database too', async () => {
  const { id } = await addDevice(lab.db)
  const both = await Promise.all([join(id, bob), join(id, bob)])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['joined', 'refused'])
  expect(await join(id, bob)).toMatchObject({
    reason: 'You wait for this device already, as number 1 of 1.',
  })
  await expect(
    lab.sql`insert into queue_entries (device_id, protocol_version_id, priority, place, joined_at, joined_by_id, joined_by_name)
      values (${id}, ${protocolVersionId}, 'usual', 1, now(), ${bob.id}, 'Bob')`,
  ).rejects.toThrow('one_place_in_a_queue_per_person')
})

test('one leaves by oneself, and is taken out by a lead with a reason', async () => {
  const { id } = await addDevice(lab.db)
  const entryId = await joined(id, bob)
  expect(await leaveQueue(lab.db, engineer, { entryId }, now)).toMatchObject({ status: 'refused' })
  expect(await leaveQueue(lab.db, lead, { entryId }, now)).toMatchObject({ field: 'reason' })
  must(await leaveQueue(lab.db, bob, { entryId }, now), 'left')
  expect(await leaveQueue(lab.db, bob, { entryId }, now)).toMatchObject({
    reason: 'Bob waits no longer.',
  })
  const again = await joined(id, bob)
  const reason = 'left for the other lab'
  must(await leaveQueue(lab.db, lead, { entryId: again, reason }, now), 'left')
  expect(await order(id)).toEqual([])
  await expect(lab.sql`update queue_entries set place = 1 where id = ${again}`).rejects.toThrow(
    'of a wait only the place changes',
  )
})

test('no such device, no such protocol and a retired device are refused at their field', async () => {
  const { id } = await addDevice(lab.db)
  expect(await join(randomUUID(), bob)).toMatchObject({ field: 'deviceId' })
  const input = { deviceId: id, protocolVersionId: randomUUID(), priority: 'usual' } as const
  expect(await joinQueue(lab.db, bob, input, now)).toMatchObject({ field: 'protocolVersionId' })
  const retire = { deviceId: id, to: 'retired', reason: 'broken glass' } as const
  must(await retireDevice(lab.db, lead, retire, now), 'retired')
  expect(await join(id, bob)).toMatchObject({ field: 'deviceId' })
})

test('the first is told on the home page when the device becomes free, and nobody else', async () => {
  const { id } = await addDevice(lab.db)
  const draft = { deviceId: id, protocolVersionId, expectation: 'It installs.' }
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
  const before = [await turns(bob, now), await turns(cleo, now)]
  await joined(id, bob)
  await joined(id, cleo, 'usual', later(1))
  expect([await turns(bob, now), await turns(cleo, now)]).toEqual(before)
  const reason = 'wrong protocol chosen'
  must(await withdrawTrial(lab.db, engineer, { trialId, reason }, later(2)), 'closed')
  const [first, second] = before
  expect([await turns(bob, later(2)), await turns(cleo, later(2))]).toEqual([
    (first ?? 0) + 1,
    second,
  ])
  // A booking of another, or a lead's reservation, keeps it.
  const book = (actor: Actor, startsAt: string, endsAt: string, at: Date) =>
    bookTrial(lab.db, actor, { ...draft, target: '12.1', startsAt, endsAt }, at)
  must(await book(engineer, '2026-03-02T09:10', '2026-03-02T09:20', later(3)), 'booked')
  expect(await turns(bob, later(660))).toBe(first)
  expect(await turns(bob, later(1200))).toBe((first ?? 0) + 1)
  const hold = { deviceId: id, reason: 'for a later fix', until: later(1800) }
  must(await holdDevice(lab.db, lead, hold, later(1200)), 'held')
  expect(await turns(bob, later(1300))).toBe(first)
  // Who books it has been served, and the next one is the first.
  must(await book(bob, '2026-03-02T09:30', '2026-03-02T09:40', later(1700)), 'booked')
  expect(await order(id)).toEqual(['Cleo'])
  expect(await turns(cleo, later(1900))).toBe(second)
  expect(await turns(cleo, later(2400))).toBe((second ?? 0) + 1)
  must(await draftTrial(lab.db, cleo, draft, later(2400)), 'done')
  expect(await order(id)).toEqual([])
})
