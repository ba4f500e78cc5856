import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { importDevices, previewImport } from '@/lib/core/devices/import/import-devices'
import { addServer } from '@/lib/core/testing/device'
import { engineer, later, must, now } from '@/lib/core/testing/people'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { findDeviceImport } from './device-imports'
import { listDevices } from './device-list'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function run(text: string, at: Date, mdmServerId?: string) {
  const file = { bytes: new TextEncoder().encode(text), fileName: 'lab.csv', mdmServerId }
  const { hash } = must(await previewImport(lab.db, engineer, file, at), 'preview')
  return must(await importDevices(lab.db, engineer, { ...file, hash }, at), 'imported')
}

test('a list can be narrowed to one import, with what was unchanged in it, the newest first', async () => {
  await run('Serial,Platform\nFIRST000001,iOS\nOTHER000001,iOS\n', now)
  const { importId, environment } = await run(
    'Serial,Platform\nFIRST000001,iOS\nLATER000001,iOS\n',
    later(60),
  )
  const query = { environment, filter: { importId }, sort: 'added', direction: 'desc' } as const
  const { rows } = await listDevices(lab.db, query, later(61))
  expect(environment).toBe('real')
  expect(rows.map(({ serial }) => serial)).toEqual(['LATER000001', 'FIRST000001'])
  expect(await findDeviceImport(lab.db, importId)).toMatchObject({
    fileName: 'lab.csv',
    byName: engineer.name,
    added: 1,
    unchanged: 1,
  })
})

test('devices of a virtual MDM server are listed among the simulated ones', async () => {
  const server = await addServer(lab.db, true)
  expect(await run('Serial,Platform\nVIRTUAL0001,iOS\n', now, server)).toMatchObject({
    environment: 'simulated',
  })
})

test('what was imported, and of which devices, never changes', async () => {
  const { importId } = await run('Serial,Platform\nFIXED000001,iOS\n', now)
  const { sql } = lab
  await expect(sql`update device_imports set added = 9 where id = ${importId}`).rejects.toThrow()
  await expect(sql`delete from device_import_rows where import_id = ${importId}`).rejects.toThrow()
  expect(await findDeviceImport(lab.db, randomUUID())).toBeUndefined()
})
