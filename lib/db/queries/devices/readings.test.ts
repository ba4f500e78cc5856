import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { insertDevice } from './devices'
import { currentState, currentStates, insertReadings, readingHistory } from './readings'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const device = async () => (await insertDevice(lab.db, { name: 'Device', platform: 'iOS' })).id
const mdm = { source: 'mdm' as const, field: 'osVersion' as const }

test('the current state is the newest answer of each field, whatever came in last', async () => {
  const id = await device()
  await insertReadings(lab.db, id, [
    { ...mdm, value: '11.4', answeredAt: at(5), askedAt: at(4) },
    { ...mdm, value: '11.3', answeredAt: at(1) },
    { ...mdm, field: 'supervised', value: false, answeredAt: at(1), byName: 'Erin' },
  ])
  expect(await currentState(lab.db, id)).toMatchObject({
    osVersion: { value: '11.4', answeredAt: at(5), askedAt: at(4), source: 'mdm' },
    supervised: { value: false, by: 'Erin' },
  })
})

test('asked and not told replaces the older value by unknown, with its reason', async () => {
  const id = await device()
  await insertReadings(lab.db, id, [{ ...mdm, value: '11.4', answeredAt: at(1) }])
  await insertReadings(lab.db, id, [{ ...mdm, unknownReason: 'no OSVersion', answeredAt: at(2) }])
  const { osVersion } = await currentState(lab.db, id)
  expect(osVersion).toMatchObject({ value: undefined, unknownReason: 'no OSVersion' })
})

test('every reading carries the unit of its field', async () => {
  const id = await device()
  const battery = { source: 'mdm' as const, field: 'batteryLevel' as const }
  await insertReadings(lab.db, id, [{ ...battery, value: 0.5, answeredAt: at(1) }])
  const { rows } = await readingHistory(lab.db, id, 'batteryLevel')
  expect(rows).toMatchObject([{ value: 0.5, unit: 'fraction 0–1' }])
})

test('the history pages through every reading once, newest first, over equal times', async () => {
  const id = await device()
  await insertReadings(
    lab.db,
    id,
    [1, 2, 2, 2, 3].map((minute, n) => ({ ...mdm, value: `11.${n}`, answeredAt: at(minute) })),
  )
  const seen: unknown[] = []
  let after: number | undefined
  do {
    const page = await readingHistory(lab.db, id, 'osVersion', { after, limit: 2 })
    seen.push(...page.rows.map(({ value }) => value))
    after = page.next
  } while (after !== undefined)
  expect(seen).toEqual(['11.4', '11.3', '11.2', '11.1', '11.0'])
})

test('the states of many devices come apart by device', async () => {
  const [one, two, three] = [await device(), await device(), await device()]
  await insertReadings(lab.db, one, [{ ...mdm, value: '11.4', answeredAt: at(1) }])
  await insertReadings(lab.db, two, [{ ...mdm, value: '12.0', answeredAt: at(1) }])
  const states = await currentStates(lab.db, [one, two, three])
  expect(states.get(one)?.osVersion?.value).toBe('11.4')
  expect(states.get(two)?.osVersion?.value).toBe('12.0')
  expect(states.has(three)).toBe(false)
})

test('a reading is never changed, deleted or emptied away', async () => {
  const id = await device()
  await insertReadings(lab.db, id, [{ ...mdm, value: '11.4', answeredAt: at(1) }])
  await expect(lab.sql`update readings set value = '"12"'`).rejects.toThrow('only grows')
  await expect(lab.sql`delete from readings`).rejects.toThrow('only grows')
  await expect(lab.sql`truncate readings cascade`).rejects.toThrow('only grows')
})
