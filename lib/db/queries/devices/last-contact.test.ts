import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice, addServer } from '@/lib/core/testing/device'
import { now } from '@/lib/core/testing/people'
import { devices } from '@/lib/db/schema/schema'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { enrolledAs, recordContact, touchDevices } from './last-contact'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test('a device is heard by its exact enrollment ID on its own server, and by no other', async () => {
  const { id, mdmServerId, enrollmentId } = await addDevice(lab.db)
  const other = await addServer(lab.db)
  expect(await recordContact(lab.db, mdmServerId, enrollmentId, now)).toMatchObject({ id })
  expect(await recordContact(lab.db, mdmServerId, enrollmentId.toUpperCase(), now)).toBeUndefined()
  expect(await recordContact(lab.db, other, enrollmentId, now)).toBeUndefined()
  const polled = [enrollmentId.toUpperCase(), enrollmentId, 'nobody']
  expect(await touchDevices(lab.db, mdmServerId, polled, now)).toEqual([enrollmentId])
  expect(await touchDevices(lab.db, other, polled, now)).toEqual([])
})

test('whoever is heard is found by the index of enrollment IDs, not by reading the lab', async () => {
  const { mdmServerId } = await addDevice(lab.db)
  for (const ids of [['one'], ['one', 'two', 'three']]) {
    const query = lab.db.select().from(devices).where(enrolledAs(mdmServerId, ids))
    const plan = await lab.db.transaction(async (tx) => {
      await tx.execute(sql`set local enable_seqscan = off`)
      return tx.execute(sql`explain ${query}`)
    })
    expect(JSON.stringify(plan)).toContain('one_device_per_enrollment_id')
  }
})
