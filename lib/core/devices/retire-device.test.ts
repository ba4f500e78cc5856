import { afterAll, beforeAll, expect, test } from 'vitest'
import { getDevice } from '@/lib/db/queries/devices/devices'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { queryDevice } from '../release/query-device'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial } from '../testing/trial'
import { holdDevice } from './hold-device'
import { retireDevice } from './retire-device'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const retire = (deviceId: string, but: object = {}) =>
  retireDevice(lab.db, lead, { deviceId, to: 'retired', reason: 'screen broken', ...but }, now)
const verdict = async (deviceId: string) => {
  const [row] =
    await lab.sql`select overall, reason from device_verdicts where device_id = ${deviceId}`
  return row
}

test('a retired device stays with who retired it and why, and no longer qualifies', async () => {
  const { id } = await addDevice(lab.db)
  must(await retire(id), 'retired')
  expect(await getDevice(lab.db, id)).toMatchObject({
    retiredAt: now,
    retiredBy: 'Lee',
    retirementReason: 'screen broken',
  })
  expect(await verdict(id)).toMatchObject({ overall: 'no' })
})

test('a device is put back into use with both reasons in its notes', async () => {
  const { id } = await addDevice(lab.db)
  must(await retire(id), 'retired')
  must(await retire(id, { to: 'in use', reason: 'screen mended' }), 'in use')
  const device = await getDevice(lab.db, id)
  expect(device.retiredAt).toBeNull()
  expect(device.notes).toMatch(/screen broken\n.*screen mended/)
})

test('a device in a trial is not retired', async () => {
  const { device } = await armedTrial(lab.db)
  expect(await retire(device.id)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('under way'),
  })
})

test('a device with an open command is not retired', async () => {
  const { id } = await addDevice(lab.db)
  must(await queryDevice(lab.db, engineer, { deviceId: id }, now), 'asked')
  expect(await retire(id)).toMatchObject({ status: 'refused' })
})

test('retiring and reserving need a lead and a reason', async () => {
  const { id: deviceId } = await addDevice(lab.db)
  const input = { deviceId, to: 'retired' as const, reason: 'old' }
  expect(await retireDevice(lab.db, engineer, input, now)).toMatchObject({ status: 'refused' })
  expect(await retire(deviceId, { reason: '  ' })).toMatchObject({ field: 'reason' })
  const hold = { deviceId, reason: 'for the fix in 12.2', until: later(60) }
  expect(await holdDevice(lab.db, engineer, hold, now)).toMatchObject({ status: 'refused' })
  expect(await holdDevice(lab.db, lead, { ...hold, reason: 'x' }, now)).toMatchObject({
    field: 'reason',
  })
})

test('a reserved device does not qualify until the reservation is released', async () => {
  const { id: deviceId } = await addDevice(lab.db)
  const hold = { deviceId, reason: 'for the fix in 12.2', until: later(60) }
  must(await holdDevice(lab.db, lead, hold, now), 'held')
  expect(await getDevice(lab.db, deviceId)).toMatchObject({ heldBy: 'Lee' })
  expect(await verdict(deviceId)).toMatchObject({
    overall: 'no',
    reason: expect.stringContaining('for the fix in 12.2'),
  })
  must(await holdDevice(lab.db, lead, { deviceId, reason: undefined }, now), 'free')
  expect(await verdict(deviceId)).toMatchObject({ overall: 'qualified' })
})
