import { afterAll, beforeAll, expect, test } from 'vitest'
import { findOutsideUpdate, listUnseenLosses } from '@/lib/db/queries/devices/outside-updates'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { recordOsChange } from '../ingest/detect-os-change'
import { addDevice, readingsOf } from '../testing/device'
import { admin, engineer, later, lead, must } from '../testing/people'
import { acknowledgeLoss } from './acknowledge-loss'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const lost = async (simulated = false) => {
  const device = await addDevice(lab.db, { simulated })
  await insertReadings(lab.db, device.id, readingsOf({ osVersion: '12.1' }, later(100)))
  await recordOsChange(lab.db, device.id, { at: later(100) }, later(101))
  const loss = (await listUnseenLosses(lab.db, simulated, 100)).rows.find(
    ({ deviceId }) => deviceId === device.id,
  )
  if (!loss) throw new Error('no loss was recorded')
  return loss
}
const isListed = async (id: number, simulated = false) =>
  (await listUnseenLosses(lab.db, simulated, 100)).rows.some((loss) => loss.id === id)

test('an update outside a trial is listed until a lead has acknowledged it, once', async () => {
  const { id } = await lost()
  must(await acknowledgeLoss(lab.db, lead, { id }, later(200)), 'seen')
  expect(await isListed(id)).toBe(false)
  expect(await findOutsideUpdate(lab.db, id)).toMatchObject({
    acknowledgedAt: later(200),
    acknowledgedBy: lead.name,
  })
  expect(await acknowledgeLoss(lab.db, lead, { id }, later(300))).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining(lead.name),
  })
  expect(await findOutsideUpdate(lab.db, id)).toMatchObject({ acknowledgedAt: later(200) })
})

test('only a lead acknowledges an update outside a trial', async () => {
  const { id } = await lost()
  for (const actor of [engineer, admin])
    expect(await acknowledgeLoss(lab.db, actor, { id }, later(200))).toMatchObject({
      status: 'refused',
    })
  expect(await isListed(id)).toBe(true)
})

test('simulated ones are listed separately', async () => {
  const { id } = await lost(true)
  expect(await isListed(id, true)).toBe(true)
  expect(await isListed(id, false)).toBe(false)
})

test('the list is cut at its limit and has the total', async () => {
  await lost()
  await lost()
  const { rows, count } = await listUnseenLosses(lab.db, false, 1)
  expect(rows).toHaveLength(1)
  expect(count).toBeGreaterThanOrEqual(2)
})

test('an unknown one is refused', async () => {
  expect(await acknowledgeLoss(lab.db, lead, { id: 999_999 }, later(200))).toMatchObject({
    status: 'refused',
  })
})

test('the database only allows marking it as acknowledged', async () => {
  const { sql } = lab
  const { id, deviceId, readingId } = await lost()
  for (const change of [
    sql`update outside_updates set to_os = '13' where id = ${id}`,
    sql`update outside_updates set to_os = '13', acknowledged_at = now(), acknowledged_by = 'Lee' where id = ${id}`,
    sql`update outside_updates set simulated = true where id = ${id}`,
    sql`delete from outside_updates where id = ${id}`,
    sql`truncate outside_updates`,
  ])
    await expect(change).rejects.toThrow(/only grows/)
  await expect(
    sql`update outside_updates set acknowledged_at = now() where id = ${id}`,
  ).rejects.toThrow(/seen_by_somebody/)
  await sql`update outside_updates set acknowledged_at = now(), acknowledged_by = 'Lee' where id = ${id}`
  await expect(
    sql`update outside_updates set acknowledged_at = null, acknowledged_by = null where id = ${id}`,
  ).rejects.toThrow(/only grows/)
  await expect(
    sql`insert into outside_updates (device_id, from_os, to_os, seen_at, recorded_at, source, reading_id)
      values (${deviceId}, '12', '13', now(), now(), 'mdm', ${readingId})`,
  ).rejects.toThrow(/one_loss_per_reading/)
})

test('it refers to an OS reading of its own device, and has source and simulated mark of that reading', async () => {
  const { sql } = lab
  const [one, other] = [await addDevice(lab.db), await addDevice(lab.db, { simulated: true })]
  const reading = async (deviceId: string, field: string) =>
    Number(
      (await sql`select id from readings where device_id = ${deviceId} and field = ${field}`)[0]
        ?.id,
    )
  const insert = (deviceId: string, readingId: number) => sql`
    insert into outside_updates (device_id, from_os, to_os, seen_at, recorded_at, source, reading_id, simulated)
    values (${deviceId}, '12', '13', now(), now(), 'mdm', ${readingId}, false) returning simulated, source`
  await expect(insert(one.id, await reading(other.id, 'osVersion'))).rejects.toThrow(
    /is not of the OS/,
  )
  await expect(insert(one.id, await reading(one.id, 'network'))).rejects.toThrow(/is not of the OS/)
  const [row] = await insert(other.id, await reading(other.id, 'osVersion'))
  expect(row).toEqual({ simulated: true, source: 'typed' })
})
