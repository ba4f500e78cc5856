import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../testing'
import { insertDevice } from './devices/devices'
import { searchAll } from './search'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  const device = { name: 'iPhone', platform: 'iOS' as const }
  await insertDevice(lab.db, { ...device, labTag: 'R-01', serial: 'F7QX0001' })
  await insertDevice(lab.db, { ...device, labTag: '100%', serial: 'F7QX0002' })
})
afterAll(() => lab.drop())

const labels = async (text: string) => (await searchAll(lab.db, text)).map(({ label }) => label)

test('a device is found by a part of its tag or serial, in whichever environment it is', async () => {
  expect(await searchAll(lab.db, 'r-0')).toMatchObject([
    { kind: 'device', label: 'R-01 · iPhone', simulated: false },
  ])
  expect(await labels('0002')).toEqual(['100% · iPhone'])
})

test('a percent sign means a percent sign, and an empty search finds nothing', async () => {
  expect(await labels('0%')).toEqual(['100% · iPhone'])
  expect(await labels('  ')).toEqual([])
})
