import { afterAll, beforeAll, expect, test } from 'vitest'
import { getLabSettings, listSettingChanges } from '@/lib/db/queries/settings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { defaultLabSettings } from '@/lib/domain/settings'
import { changeSettings } from './change-settings'

const now = new Date('2026-03-02T09:00:00Z')
const lead: Actor = { id: 'l', name: 'Lea', role: 'lead' }
const engineer: Actor = { id: 'e', name: 'Eli', role: 'engineer' }
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test('a lab that has changed nothing uses the defaults', async () => {
  expect(await getLabSettings(lab.db)).toEqual(defaultLabSettings)
})

test('an engineer changes nothing', async () => {
  const wished = { ...defaultLabSettings, minBattery: 0 }
  expect(await changeSettings(lab.db, engineer, wished, now)).toMatchObject({ status: 'refused' })
  expect(await getLabSettings(lab.db)).toEqual(defaultLabSettings)
})

test('a battery of 50 never gets into the database', async () => {
  const wished = { ...defaultLabSettings, minBattery: 50 }
  expect(await changeSettings(lab.db, lead, wished, now)).toMatchObject({
    status: 'refused',
    field: 'minBattery',
  })
  expect(await listSettingChanges(lab.db)).toEqual([])
})

test('only what changed is stored, with who changed it, and every other setting stays', async () => {
  const maxAges = { ...defaultLabSettings.maxAges, passcodePresent: 5 }
  const wished = { ...defaultLabSettings, holdSeconds: 30, maxAges }
  expect(await changeSettings(lab.db, lead, wished, now)).toEqual({
    status: 'saved',
    changed: ['maxAges', 'holdSeconds'],
  })
  expect(await getLabSettings(lab.db)).toEqual(wished)
  const changes = await listSettingChanges(lab.db)
  expect(changes.map(({ name }) => name).toSorted()).toEqual(['holdSeconds', 'maxAges'])
  expect(changes[0]).toMatchObject({ changedAt: now, changedBy: 'Lea' })
})
