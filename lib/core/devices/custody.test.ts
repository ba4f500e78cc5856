import { afterAll, beforeAll, expect, test } from 'vitest'
import { findCustody, listCustodies, listHandOvers } from '@/lib/db/queries/devices/custody'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { countDevices } from '@/lib/db/queries/devices/device-list'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { countWaiting } from '@/lib/db/queries/waiting'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { copyTrial } from '../record/copy-trial'
import { addDevice } from '../testing/device'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { answerHandOver, handOver, putBackDevice, takeDevice, withdrawHandOver } from './custody'

let lab: TestDb
const other: Actor = { id: 'e2', name: 'Otto', role: 'engineer' }
beforeAll(async () => {
  lab = await createTestDb()
  for (const { id, name, role } of [engineer, lead, admin, other])
    await lab.sql`insert into users (id, name, email, role) values (${id}, ${name}, ${`${id}@lab.example`}, ${role})`
})
afterAll(() => lab.drop())

const place = 'Bench 3'
const shown = async (deviceId: string) => {
  const { open, pending } = await findCustody(lab.db, deviceId)
  return { custodyId: open?.id ?? null, handOverId: pending?.id ?? null }
}
const take = async (deviceId: string, who = engineer, reason?: string, at = now) => {
  const over = reason === undefined ? undefined : { reason, ...(await shown(deviceId)) }
  return takeDevice(lab.db, who, { deviceId, place, over }, at)
}
const offer = (deviceId: string, to = other, who = engineer, at = now) =>
  handOver(lab.db, who, { deviceId, toId: to.id, place: 'Bench 4', note: '' }, at)
const pendingId = async (deviceId: string) => (await shown(deviceId)).handOverId ?? 0
const accept = async (deviceId: string, who = other, at = later(60)) => {
  const about = { deviceId, handOverId: await pendingId(deviceId) }
  return answerHandOver(lab.db, who, { ...about, answer: 'accepted', place: 'Bench 4' }, at)
}
const withdraw = async (deviceId: string, who: Actor, reason: string) =>
  withdrawHandOver(
    lab.db,
    who,
    { deviceId, handOverId: await pendingId(deviceId), reason },
    later(9),
  )
const holder = async (deviceId: string) => (await findCustody(lab.db, deviceId)).open?.holderName

test('a device is with who offered it until the other accepts', async () => {
  const { id } = await addDevice(lab.db)
  must(await take(id), 'taken')
  must(await offer(id), 'offered')
  expect(await holder(id)).toBe('Erin')
  for (const who of [engineer, lead])
    expect(await accept(id, who)).toMatchObject({ reason: 'It waits for the acceptance of Otto.' })
  must(await accept(id), 'accepted')
  expect(await listCustodies(lab.db, id)).toMatchObject([
    { holderName: 'Otto', place: 'Bench 4', since: later(60), began: 'accepted', endedAt: null },
    {
      holderName: 'Erin',
      place,
      since: now,
      began: 'taken',
      endedAt: later(60),
      endedByName: 'Otto',
    },
  ])
})

test('one that is refused stays, with the reason, and can be offered again', async () => {
  const { id } = await addDevice(lab.db)
  must(await take(id), 'taken')
  must(await offer(id), 'offered')
  expect(await offer(id, lead)).toMatchObject({ reason: 'It waits for the acceptance of Otto.' })
  const handOverId = await pendingId(id)
  const no = {
    deviceId: id,
    handOverId,
    answer: 'refused',
    reason: 'the screen is cracked',
  } as const
  must(await answerHandOver(lab.db, other, no, later(5)), 'refusedIt')
  expect(await holder(id)).toBe('Erin')
  must(await offer(id, lead), 'offered')
  expect(await withdraw(id, other, 'not mine')).toMatchObject({ status: 'refused' })
  must(await withdraw(id, engineer, 'kept here'), 'withdrawn')
  expect(
    (await listHandOvers(lab.db, id)).map(({ answer, answerReason }) => [answer, answerReason]),
  ).toEqual([
    ['withdrawn', 'kept here'],
    ['refused', 'the screen is cracked'],
  ])
})

test('only who has it hands it over, and only to somebody who may have it', async () => {
  const { id } = await addDevice(lab.db)
  must(await take(id), 'taken')
  expect(await offer(id, engineer, other)).toMatchObject({
    reason: 'Erin has it: only they hand it over. A lead can take it over.',
  })
  expect(await offer(id, engineer)).toMatchObject({ field: 'toId' })
  expect(await offer(id, admin)).toMatchObject({ field: 'toId' })
  await lab.sql`update users set disabled_at = now() where id = ${other.id}`
  expect(await offer(id)).toMatchObject({ field: 'toId' })
  await lab.sql`update users set disabled_at = null where id = ${other.id}`
  expect(
    await handOver(lab.db, engineer, { deviceId: id, toId: other.id, place: ' ', note: '' }, now),
  ).toMatchObject({
    field: 'place',
    reason: expect.stringContaining('Accepted: '),
  })
})

test('a lead takes over with a reason, whoever has it and whoever it waits for', async () => {
  const { id } = await addDevice(lab.db)
  must(await take(id), 'taken')
  must(await offer(id), 'offered')
  expect(await take(id, other, 'wanted')).toMatchObject({ status: 'refused' })
  expect(await take(id, lead)).toMatchObject({ status: 'refused' })
  expect(await take(id, lead, 'no')).toMatchObject({ field: 'reason' })
  must(await take(id, lead, 'Erin is on leave', later(30)), 'taken')
  expect(await findCustody(lab.db, id)).toMatchObject({
    open: { holderName: 'Lee', began: 'takenOver', reason: 'Erin is on leave' },
    pending: undefined,
  })
  expect(await accept(id)).toMatchObject({
    reason: expect.stringContaining('no hand-over waits any more'),
  })
})

test('a press answers the hand-over that was shown, and takes over from whom it showed', async () => {
  const { id } = await addDevice(lab.db)
  must(await take(id), 'taken')
  must(await offer(id), 'offered')
  const seen = await shown(id)
  must(await withdraw(id, engineer, 'the wrong device'), 'withdrawn')
  must(await offer(id), 'offered')
  const about = { deviceId: id, handOverId: seen.handOverId ?? 0 }
  const meanwhile = { reason: expect.stringContaining('Erin offered it to Otto meanwhile') }
  expect(
    await answerHandOver(lab.db, other, { ...about, answer: 'accepted', place }, later(60)),
  ).toMatchObject(meanwhile)
  const reason = 'no longer needed'
  expect(
    await answerHandOver(lab.db, other, { ...about, answer: 'refused', reason }, later(60)),
  ).toMatchObject(meanwhile)
  expect(await withdrawHandOver(lab.db, engineer, { ...about, reason }, later(60))).toMatchObject(
    meanwhile,
  )
  const takeOver = (over: typeof seen) =>
    takeDevice(lab.db, lead, { deviceId: id, place, over: { ...over, reason } }, later(70))
  expect(await takeOver(seen)).toMatchObject(meanwhile)
  const latest = await shown(id)
  must(await accept(id), 'accepted')
  expect(await takeOver(latest)).toMatchObject({
    reason: expect.stringContaining('Otto has it by now'),
  })
  expect(await holder(id)).toBe('Otto')
  must(await takeOver(await shown(id)), 'taken')
})

test('put back, nobody has it, and its page says where it is', async () => {
  const { id } = await addDevice(lab.db)
  must(await take(id), 'taken')
  const back = (who: Actor) =>
    putBackDevice(lab.db, who, { deviceId: id, place: 'Shelf 2' }, later(9))
  expect(await back(other)).toMatchObject({ reason: 'Erin has it: only they put it back.' })
  must(await back(engineer), 'putBack')
  expect(await holder(id)).toBeUndefined()
  expect(await findDeviceRow(lab.db, id)).toMatchObject({ location: 'Shelf 2' })
})

test('of two who take it at once one has it', async () => {
  const { id } = await addDevice(lab.db)
  const results = await Promise.all([engineer, other, lead].map((who) => take(id, who)))
  expect(results.filter(({ status }) => status === 'taken')).toHaveLength(1)
})

test('the lists and the home page show what is whose', async () => {
  const { id } = await addDevice(lab.db)
  const who: Actor = { id: 'e3', name: 'Nora', role: 'engineer' }
  await lab.sql`insert into users (id, name, email, role) values (${who.id}, ${who.name}, 'e3@lab.example', 'engineer')`
  const count = (filter: object) => countDevices(lab.db, { environment: 'real', filter }, now)
  const [held, free] = [await count({ heldBy: engineer.id }), await count({ unheld: true })]
  must(await take(id), 'taken')
  expect([await count({ heldBy: engineer.id }), await count({ unheld: true })]).toEqual([
    held + 1,
    free - 1,
  ])
  must(await offer(id, who), 'offered')
  expect(await count({ offeredTo: who.id })).toBe(1)
  const waiting = await countWaiting(lab.db, { environment: 'real', personId: who.id, now })
  expect(waiting.handOvers).toBe(1)
})

test('a trial keeps who had the device at its release', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  must(await take(device.id), 'taken')
  must(await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId), now), 'released')
  must(await offer(device.id), 'offered')
  must(await accept(device.id), 'accepted')
  expect((await findTrial(lab.db, trialId))?.startingFacts?.custody).toEqual({
    ...{ holderId: 'e1', holderName: 'Erin', since: now.toISOString(), place },
  })
  const { copy } = must(await copyTrial(lab.db, lead, { trialId }, later(90)), 'copied')
  expect(copy.record.custodies).toHaveLength(2)
  expect(copy.record.handOvers).toMatchObject([{ to_name: 'Otto', answer: 'accepted' }])
})

test('the database holds what the services promise', async () => {
  const { id } = await addDevice(lab.db)
  must(await take(id), 'taken')
  const custody = (more: string) =>
    lab.sql.unsafe(
      `insert into custodies (device_id, holder_id, holder_name, place, since, began, hand_over_id) values ('${id}', 'x', 'X', 'here', now(), ${more})`,
    )
  await expect(custody(`'taken', null`)).rejects.toThrow('one_open_custody_per_device')
  must(await offer(id), 'offered')
  const pending = (await findCustody(lab.db, id)).pending?.id ?? 0
  await expect(custody(`'accepted', ${pending}`)).rejects.toThrow('nobody has accepted')
  const again = lab.sql`insert into hand_overs (device_id, from_id, to_id, to_name, place, note, offered_at, offered_by_id, offered_by_name)
    values (${id}, 'e1', 'x', 'X', 'here', '', now(), 'e1', 'Erin')`
  await expect(again).rejects.toThrow('one_pending_hand_over_per_device')
  const answer = (by: string) =>
    lab.sql`update hand_overs set answer = 'accepted', answered_at = now(), answered_by_id = ${by}, answered_by_name = ${by} where id = ${pending}`
  await expect(answer('e1')).rejects.toThrow('only the person it is for')
  await answer('e2')
  await expect(answer('e2')).rejects.toThrow('only be answered, once')
  await expect(
    lab.sql`update custodies set holder_name = 'Y' where device_id = ${id}`,
  ).rejects.toThrow('can only end')
  await expect(lab.sql`delete from custodies where device_id = ${id}`).rejects.toThrow('only grows')
  const foreign = lab.sql`insert into hand_overs (device_id, from_id, to_id, to_name, place, note, offered_at, offered_by_id, offered_by_name)
    values (${id}, 'e1', 'x', 'X', 'here', '', now(), 'e2', 'Otto')`
  await expect(foreign).rejects.toThrow('only who has the device')
})
