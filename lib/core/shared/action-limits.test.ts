import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import { rereadEvents } from '../ingest/reread-events'
import { queryDevice } from '../release/query-device'
import { addDevice } from '../testing/device'
import { later, now } from '../testing/people'
import { actionLimits, countAction } from './action-limits'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let people = 0
const person = (): Actor => ({ id: `p-${people++}`, name: 'Lee', role: 'lead' })
const useUp = async (actor: Actor, action: keyof typeof actionLimits) => {
  for (let turn = 0; turn < actionLimits[action].limit.max; turn++)
    expect(await countAction(lab.db, actor, action, now)).toBeUndefined()
}

test('F48 a person who reaches the limit of a minute learns when to try again', async () => {
  const actor = person()
  await useUp(actor, 'export')
  expect(await countAction(lab.db, actor, 'export', later(18))).toEqual({
    status: 'refused',
    reason: 'You have had 20 exports in a minute. Try again in 42 seconds.',
    waitSeconds: 42,
  })
})

test('nobody is locked out: the next minute counts from zero, however often somebody clicks', async () => {
  const actor = person()
  for (let minute = 0; minute < 3; minute++) {
    const at = later(minute * 60)
    const press = () => countAction(lab.db, actor, 'export', at)
    const waits = await Promise.all(Array.from({ length: 30 }, press))
    expect(waits.some((wait) => wait !== undefined)).toBe(true)
    expect(await countAction(lab.db, actor, 'export', later(minute * 60 + 60))).toBeUndefined()
  }
})

test('nobody makes another person wait, and the program’s own timers are not limited', async () => {
  const [one, other] = [person(), person()]
  await useUp(one, 'rereadEvents')
  expect(await countAction(lab.db, other, 'rereadEvents', now)).toBeUndefined()
  for (let turn = 0; turn < 200; turn++)
    expect(await countAction(lab.db, systemActor, 'askDevice', now)).toBeUndefined()
})

test('of a hundred actions at once exactly the limit is allowed', async () => {
  const actor = person()
  const asked = await Promise.all(
    Array.from({ length: 100 }, () => countAction(lab.db, actor, 'export', now)),
  )
  expect(asked.filter((wait) => wait === undefined)).toHaveLength(20)
})

test('F48 beyond the limit no device is queried and no event reprocessed', async () => {
  const actor = person()
  const { id: deviceId } = await addDevice(lab.db)
  await useUp(actor, 'askDevice')
  await useUp(actor, 'rereadEvents')
  expect(await queryDevice(lab.db, actor, { deviceId }, now)).toMatchObject({
    reason: expect.stringContaining('Try again in 60 seconds'),
  })
  expect(await rereadEvents(lab.db, actor, { id: 1 }, now)).toMatchObject({
    reason: expect.stringContaining('Try again in 60 seconds'),
  })
  const [row] = await lab.sql`select count(*)::int as n from commands where device_id = ${deviceId}`
  expect(row?.n).toBe(0)
  expect(await queryDevice(lab.db, actor, { deviceId }, later(60))).toMatchObject({
    status: 'asked',
  })
})
