import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice } from '@/lib/core/testing/device'
import { now as testNow } from '@/lib/core/testing/people'
import { insertDevice, updateDevice } from '@/lib/db/queries/devices/devices'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { findDeviceChoice, listDeviceChoices } from './device-choices'

const now = new Date('2026-03-02T09:00:00Z')

let lab: TestDb
let lastId = ''
beforeAll(async () => {
  lab = await createTestDb()
  for (let n = 100; n < 160; n += 1) {
    const device = {
      name: 'iPhone',
      labTag: `B-${n}`,
      serial: `F7QX${n}`,
      platform: 'iOS' as const,
    }
    lastId = (await insertDevice(lab.db, device)).id
  }
})
afterAll(() => lab.drop())

test('a device that is not among the first shown is found by what is typed', async () => {
  const first = await listDeviceChoices(lab.db, { environment: 'real' }, now)
  expect(first).toHaveLength(50)
  expect(first.map(({ value }) => value)).not.toContain(lastId)
  const found = await listDeviceChoices(lab.db, { environment: 'real', text: 'f7qx159' }, now)
  expect(found).toMatchObject([
    { value: lastId, label: 'B-159 · iPhone · OS unknown', verdict: 'notYet' },
  ])
})

test('a choice has the tests left of its version', async () => {
  const left = async (text: string) =>
    (await listDeviceChoices(lab.db, { environment: 'real', text }, testNow))[0]?.label
  const { id } = await addDevice(lab.db, { but: { osVersion: '12.1', osBuild: '16B92' } })
  await updateDevice(lab.db, id, { labTag: 'TAG-1' })
  expect(await left('TAG-1')).toMatch(/ · 12\.1 \(1 test left\)$/)
  await addDevice(lab.db, { but: { osVersion: '12.1', osBuild: '16B92' } })
  expect(await left('TAG-1')).toMatch(/ · 12\.1 \(2 tests left\)$/)
  // For a declaration, as a command has none from 27 on.
  const newest = { osVersion: '27.0', osBuild: '24A100' }
  await updateDevice(lab.db, (await addDevice(lab.db, { but: newest })).id, { labTag: 'TAG-2' })
  expect(await left('TAG-2')).toMatch(/ · 27\.0 \(1 test left\)$/)
})

test('the device a link names is chosen however many there are', async () => {
  expect(await findDeviceChoice(lab.db, lastId, now)).toMatchObject({
    choice: { value: lastId },
    environment: 'real',
  })
  expect(await findDeviceChoice(lab.db, randomUUID(), now)).toBeUndefined()
})

test('devices of the other environment are not offered', async () => {
  expect(await listDeviceChoices(lab.db, { environment: 'simulated' }, now)).toEqual([])
})
