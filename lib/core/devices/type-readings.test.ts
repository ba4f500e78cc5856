import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertDevice } from '@/lib/db/queries/devices/devices'
import { currentState, readingHistory } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Platform } from '@/lib/domain/device/device'
import { addDevice } from '../testing/device'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import { type TypedTexts, typeReadings } from './type-readings'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const bare = async (platform: Platform = 'iOS') =>
  (await insertDevice(lab.db, { name: 'Bare', platform })).id
const type = (deviceId: string, texts: TypedTexts, seenAt?: Date) =>
  typeReadings(lab.db, engineer, { deviceId, texts, seenAt }, now)

test('a battery typed as 50 is stored as 0.50, with a note', async () => {
  const deviceId = await bare()
  const typed = must(await type(deviceId, { batteryLevel: '50' }), 'typed')
  expect(typed.notes).toEqual(['Battery: 50 is read as 0.50 of a full charge'])
  expect((await currentState(lab.db, deviceId)).batteryLevel).toMatchObject({
    value: 0.5,
    source: 'typed',
    by: 'Erin',
    answeredAt: now,
  })
})

test('with one invalid text nothing is stored, and every invalid one is named', async () => {
  const deviceId = await bare()
  const result = await type(deviceId, { batteryLevel: '150', osVersion: 'new', supervised: 'yes' })
  expect(result).toMatchObject({
    status: 'refused',
    problems: [{ field: 'osVersion' }, { field: 'batteryLevel' }],
  })
  expect(await currentState(lab.db, deviceId)).toEqual({})
})

test('an empty text is ignored, and "not known" is stored as unknown', async () => {
  const deviceId = await bare()
  must(await type(deviceId, { passcodePresent: 'set', supervised: '' }), 'typed')
  must(await type(deviceId, { passcodePresent: 'not known' }), 'typed')
  const state = await currentState(lab.db, deviceId)
  expect(state.supervised).toBeUndefined()
  expect(state.passcodePresent).toMatchObject({
    value: undefined,
    unknownReason: 'Erin could not tell',
  })
})

test('a battery of an Apple TV is refused: it is not applicable, not unknown', async () => {
  const deviceId = await bare('tvOS')
  expect(await type(deviceId, { batteryLevel: '0.5' })).toMatchObject({
    status: 'refused',
    field: 'batteryLevel',
  })
})

test('a reading typed for an earlier time never replaces a newer one and stays in the history', async () => {
  const deviceId = await bare()
  must(await type(deviceId, { osVersion: '11.4' }), 'typed')
  must(await type(deviceId, { osVersion: '11.3' }, later(-3600)), 'typed')
  expect((await currentState(lab.db, deviceId)).osVersion).toMatchObject({ value: '11.4' })
  const { rows } = await readingHistory(lab.db, deviceId, 'osVersion')
  expect(rows.map(({ value }) => value)).toEqual(['11.4', '11.3'])
})

test('a time in the future is refused: it would outlast every later reading', async () => {
  expect(await type(await bare(), { osVersion: '11.4' }, later(1))).toMatchObject({
    status: 'refused',
    field: 'seenAt',
  })
})

test('a network name without a network is refused', async () => {
  expect(await type(await bare(), { network: 'none', networkName: 'Lab' })).toMatchObject({
    status: 'refused',
    field: 'networkName',
  })
})

test('a typed reading changes the verdict in the list at once', async () => {
  const { id } = await addDevice(lab.db)
  must(await type(id, { supervised: 'no' }), 'typed')
  const [row] = await lab.sql`select overall from device_verdicts where device_id = ${id}`
  expect(row).toEqual({ overall: 'no' })
})

test('readings are refused on a retired device and from an admin', async () => {
  const { id } = await insertDevice(lab.db, { name: 'Old', platform: 'iOS', retiredAt: now })
  expect(await type(id, { osVersion: '11.4' })).toMatchObject({ status: 'refused' })
  const input = { deviceId: await bare(), texts: { osVersion: '11.4' } }
  expect(await typeReadings(lab.db, admin, input, now)).toMatchObject({ status: 'refused' })
  expect(await typeReadings(lab.db, lead, input, now)).toMatchObject({ status: 'typed' })
})
