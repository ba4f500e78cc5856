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

test('of two leads who edit the settings at once neither puts back or types over what the other saved', async () => {
  const seen = await getLabSettings(lab.db)
  const other: Actor = { ...lead, id: 'm', name: 'Mia' }
  const theirs = { ...seen, minBattery: 0.7, probeSeconds: 45 }
  await changeSettings(lab.db, other, theirs, now, seen)
  const mine = { ...seen, holdSeconds: 31, minBattery: 0.4 }
  expect(await changeSettings(lab.db, lead, mine, now, seen)).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(
      /^Mia changed “Minimum battery level” .* is now 0.7, yours is 0.4/,
    ),
    stored: theirs,
  })
  expect(await getLabSettings(lab.db)).toEqual(theirs)
  const untouched = { ...seen, holdSeconds: 31 }
  expect(await changeSettings(lab.db, lead, untouched, now, seen)).toMatchObject({
    changed: ['holdSeconds'],
  })
  expect(await getLabSettings(lab.db)).toEqual({ ...theirs, holdSeconds: 31 })
  // Seen by now, it may be typed over.
  expect(await changeSettings(lab.db, lead, mine, now, theirs)).toMatchObject({ status: 'saved' })
})

test('of two edits of one setting in the same moment one is refused', async () => {
  for (let n = 0; n < 5; n += 1) {
    const seen = await getLabSettings(lab.db)
    const saved = await Promise.all(
      [1, 2].map((more) => {
        const typed = { ...seen, probeSeconds: seen.probeSeconds + more }
        return changeSettings(lab.db, lead, typed, now, seen)
      }),
    )
    expect(saved.map(({ status }) => status).sort()).toEqual(['refused', 'saved'])
  }
})
