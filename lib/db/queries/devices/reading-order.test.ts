import { afterAll, beforeAll, expect, test } from 'vitest'
import { findMoment, inThePast } from '@/lib/db/audit/past'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { type ReadingField, type ReadingSource, readingSources } from '@/lib/domain/reading/reading'
import { compareReadings, osFields, sourceRanks } from '@/lib/domain/reading/reading-order'
import { fc } from '@/lib/property.testing'
import { insertDevice } from './devices'
import { currentState, insertReadings, type NewReading, recordedState } from './readings'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const device = async () => (await insertDevice(lab.db, { name: 'Device', platform: 'iOS' })).id

const os = (source: ReadingSource, minute: number, version?: string, build?: string) =>
  (
    [
      ['osVersion', version],
      ['osBuild', build],
    ] as const
  ).flatMap(([field, value]) =>
    value === undefined ? [] : [{ field, value, source, answeredAt: at(minute) }],
  )

test('a file of an earlier time never replaces an answer, and its build never joins that version', async () => {
  const id = await device()
  await insertReadings(lab.db, id, os('mdm', 30, '12.5.6', '16H71'))
  await insertReadings(lab.db, id, os('imported', 10, '12.5.5', '16H62'))
  await insertReadings(lab.db, id, os('imported', 20, undefined, '16H50'))
  expect(await recordedState(lab.db, id)).toMatchObject({
    osVersion: { value: '12.5.6', source: 'mdm' },
    osBuild: { value: '16H71', source: 'mdm' },
  })
})

test('a later version without a build leaves the build unknown, not that of before', async () => {
  const id = await device()
  await insertReadings(lab.db, id, os('mdm', 10, '12.5.6', '16H71'))
  await insertReadings(lab.db, id, os('imported', 20, '12.5.5'))
  for (const read of [recordedState, currentState]) {
    const state = await read(lab.db, id)
    expect(state.osVersion?.value).toBe('12.5.5')
    expect(state.osBuild).toMatchObject({ value: undefined, source: 'imported' })
    expect(state.osBuild?.unknownReason).toContain('was read without its build')
  }
})

test('a file without a time stands behind everything that has one, and its age is unknown', async () => {
  const id = await device()
  const undated = { source: 'imported' as const, answeredAt: at(50), ageUnknown: true }
  await insertReadings(lab.db, id, [{ ...undated, field: 'supervised', value: true }])
  expect((await recordedState(lab.db, id)).supervised).toMatchObject({ ageUnknown: true })
  const typed = { source: 'typed' as const, answeredAt: at(1) }
  await insertReadings(lab.db, id, [{ ...typed, field: 'supervised', value: false }])
  await insertReadings(lab.db, id, [{ ...undated, field: 'supervised', value: true }])
  expect((await recordedState(lab.db, id)).supervised).toMatchObject({ value: false })
  await expect(
    insertReadings(lab.db, id, [{ ...typed, field: 'supervised', ageUnknown: true }]),
  ).rejects.toMatchObject({ cause: { constraint_name: 'only_files_have_no_time' } })
})

test('the order of the sources and the fields of the OS are the same in the database', async () => {
  for (const source of readingSources) {
    const [row] = await lab.sql`select reading_source_rank(${source}) as rank`
    expect(row?.rank, source).toBe(sourceRanks[source])
  }
  const fields = [...osFields, 'supervised', 'availableUpdates']
  const rows = await lab.sql`select f from unnest(${fields}::text[]) f where is_os_field(f)`
  expect(rows.map(({ f }) => f).toSorted()).toEqual([...osFields].toSorted())
})

const anyReading: fc.Arbitrary<NewReading> = fc
  .record({
    field: fc.constantFrom<ReadingField>('osVersion', 'osBuild', 'supervised', 'batteryLevel'),
    source: fc.constantFrom<ReadingSource>('mdm', 'typed', 'imported'),
    minute: fc.integer({ min: 1, max: 4 }),
    undated: fc.boolean(),
    value: fc.constantFrom('1', '2', '3'),
  })
  .map(({ field, source, minute, undated, value }) => ({
    field,
    value,
    source,
    answeredAt: at(minute),
    ageUnknown: undated && source === 'imported',
  }))

test('the cache, the fold of the record and the fold of the past are one, and follow the order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(anyReading, { minLength: 1, maxLength: 4 })),
      async (all) => {
        const id = await device()
        for (const together of all) await insertReadings(lab.db, id, together)
        const recorded = await recordedState(lab.db, id)
        expect(await currentState(lab.db, id)).toEqual(recorded)
        const moment = await findMoment(lab.db, new Date(Date.now() + 60_000))
        expect(await inThePast(lab.db, moment, (then) => currentState(then, id))).toEqual(recorded)
        for (const reading of all.flat())
          expect(outranks(reading, recorded[reading.field])).toBe(false)
      },
    ),
    { numRuns: 60 },
  )
})

const outranks = (
  reading: NewReading,
  current: Parameters<typeof compareReadings>[1] | undefined,
) =>
  current === undefined ||
  compareReadings({ ...reading, ageUnknown: reading.ageUnknown ?? false }, current) > 0
