import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentState, insertReadings } from '@/lib/db/queries/devices/readings'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import type { FileChoices } from '@/lib/domain/import/questions'
import { engineer, must } from '../../testing/people'
import { armedTrial } from '../../testing/trial'
import type { ImportFile } from './import-devices'
import { badRowsCsv, importDevices, previewImport } from './import-devices'

// Files as programs write them, each imported unchanged.
const now = new Date('2026-11-28T09:00:00Z')
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const fileOf = (name: string, rest: Partial<ImportFile> = {}): ImportFile => ({
  bytes: readFileSync(`lib/import-file/testdata/${name}`),
  fileName: name,
  ...rest,
})
const textOf = (text: string, choices: FileChoices = {}): ImportFile => ({
  bytes: new TextEncoder().encode(text),
  choices,
})
const preview = async (file: ImportFile) =>
  must(await previewImport(lab.db, engineer, file, now), 'preview')
const run = async (file: ImportFile) => {
  const { hash } = await preview(file)
  return must(await importDevices(lab.db, engineer, { ...file, hash }, now), 'imported')
}
const deviceOf = async (serial: string) => {
  const rows = await lab.db.query.devices.findMany()
  const device = rows.find((row) => row.serial === serial)
  if (!device) throw new Error(`${serial} was not imported`)
  const state = await currentState(lab.db, device.id)
  const values = Object.fromEntries(
    Object.entries(state).map(([field, { value }]) => [field, value]),
  )
  return { ...device, state, values }
}
const oldAnswer = {
  source: 'mdm' as const,
  recordedAt: now,
  answeredAt: new Date('2026-11-27T09:00:00Z'),
}

test('01: a file has its own time, and never outranks a later answer of the device', async () => {
  const { device } = await armedTrial(lab.db)
  await pastTriggers(
    lab.sql,
    (tx) => tx`update devices set serial = 'DMPTRIAL00001' where id = ${device.id}`,
  )
  await insertReadings(lab.db, device.id, [
    { ...oldAnswer, field: 'osVersion', value: '12.1' },
    { ...oldAnswer, field: 'osBuild', value: '16B92' },
  ])
  const shown = await preview(fileOf('01-stale-export-no-known-time.csv'))
  expect(shown.good).toMatchObject([
    {
      readAt: new Date('2021-11-02T08:00:00Z'),
      notes: [expect.stringContaining('OS version')],
    },
  ])
  await run(fileOf('01-stale-export-no-known-time.csv'))
  expect((await deviceOf('DMPTRIAL00001')).values).toMatchObject({
    osVersion: '12.1',
    osBuild: '16B92',
  })
})

test('01: in the other order the device’s answer counts too', async () => {
  await run(
    textOf(
      'Serial,Platform,OS version,OS build,Last check-in\nORDER000001,iOS,12.5.5,16H62,2021-11-02T08:00:00Z\n',
    ),
  )
  const { id, values } = await deviceOf('ORDER000001')
  expect(values).toMatchObject({ osVersion: '12.5.5', osBuild: '16H62' })
  await insertReadings(lab.db, id, [{ ...oldAnswer, field: 'osVersion', value: '12.1' }])
  const after = await deviceOf('ORDER000001')
  expect(after.values).toMatchObject({ osVersion: '12.1' })
  expect(after.values.osBuild).toBeUndefined()
})

test('an imported version without a build makes the build of the device unknown', async () => {
  await run(textOf('Serial,Platform\nPAIR0000001,iOS\n'))
  const { id } = await deviceOf('PAIR0000001')
  await insertReadings(lab.db, id, [
    { ...oldAnswer, field: 'osVersion', value: '12.1' },
    { ...oldAnswer, field: 'osBuild', value: '16B92' },
  ])
  await run(textOf('Serial,OS version,Last seen\nPAIR0000001,12.1,2026-11-28T08:00:00Z\n'))
  expect((await deviceOf('PAIR0000001')).values).toMatchObject({
    osVersion: '12.1',
    osBuild: '16B92',
  })
  await run(textOf('Serial,OS version,Last seen\nPAIR0000001,12.5.5,2026-11-28T08:00:00Z\n'))
  const { values } = await deviceOf('PAIR0000001')
  expect([values.osVersion, values.osBuild]).toEqual(['12.5.5', undefined])
})

test('a file without a time adds nothing to a device with a reading, and has unknown age on another', async () => {
  await run(textOf('Serial,Platform\nNOTIME00001,iOS\n'))
  const { id } = await deviceOf('NOTIME00001')
  await insertReadings(lab.db, id, [{ ...oldAnswer, field: 'batteryLevel', value: 0.9 }])
  await run(textOf('Serial,Platform,Battery,Supervised\nNOTIME00001,iOS,20 %,yes\n'))
  const { state } = await deviceOf('NOTIME00001')
  expect(state.batteryLevel).toMatchObject({ value: 0.9, source: 'mdm' })
  expect(state.supervised).toMatchObject({ value: true, ageUnknown: true })
})

test('03: a 1 next to a 95 is one percent', async () => {
  await run(fileOf('03-percent-column-with-1.csv'))
  const read = ['DMPBAT000001', 'DMPBAT000002', 'DMPBAT000003'].map(deviceOf)
  expect((await Promise.all(read)).map(({ values }) => values.batteryLevel)).toEqual([
    0.95, 0.01, 0,
  ])
})

test('04, 06: Jamf counts in MB, and 1,024 GB is never 1.024', async () => {
  const shown = await preview(fileOf('04-jamf-classic-mb.csv'))
  expect(shown.good[0]?.changes).toContainEqual({
    label: 'Total disk',
    from: '',
    to: expect.stringMatching(/^12\.16 GB/),
  })
  await run(fileOf('06-thousands-separator.csv'))
  expect((await deviceOf('DMPCAP000004')).values).toMatchObject({
    totalCapacity: 1024,
    freeCapacity: 1024,
  })
})

test.each([
  ['more free than the whole', 'Serial,Platform,Capacity,Free\nX0000001,iOS,64 GB,70 GB\n', 'Free'],
  ['a phone above 2 TB', 'Serial,Platform,Capacity\nX0000001,iOS,4 TB\n', 'Capacity'],
])('%s is refused with the cell named', async (_, text, column) => {
  const shown = await preview(textOf(text))
  expect(shown.bad).toMatchObject([{ row: 2, problems: [{ column }] }])
})

test.each(['07-impossible-days.csv', '09-never-dates.csv'])(
  '%s: every row is refused for its time',
  async (name) => {
    const { counts, bad } = await preview(fileOf(name))
    expect(counts).toMatchObject({ new: 0, changed: 0, same: 0 })
    expect(bad.every(({ problems }) => problems[0]?.column === 'Read at')).toBe(true)
  },
)

test.each([
  ['10-inch-mark.tsv', 2],
  ['12-excel-short-rows.csv', 20],
  ['13-sep-line.csv', 1],
  ['15-title-lines.csv', 1],
  ['17-fleet-hosts.csv', 2],
  ['19-profile-manager.csv', 2],
  ['20-snipe-it.csv', 1],
  ['21-jamf-mobile.csv', 1],
  ['25-version-texts.csv', 5],
  ['26-yes-no-words.tsv', 6],
  ['ideviceinfo-default.txt', 1],
])('%s is imported unchanged', async (name, added) => {
  expect(await run(fileOf(name))).toMatchObject({ added, leftOut: 0, environment: 'real' })
  expect(await run(fileOf(name))).toMatchObject({ added: 0, changed: 0, unchanged: added })
})

test('10: an inch mark is kept', async () => {
  expect((await deviceOf('DMPTSV000001')).modelName).toBe('iPad Pro (12.9" 2nd gen)')
})

test('17: Fleet’s words are platform and version, its gigabytes GB, its refetch the time', async () => {
  const pad = await deviceOf('DMPLAB000001')
  expect(pad).toMatchObject({
    platform: 'iPadOS',
    modelIdentifier: 'iPad13,18',
    name: 'Lab iPad 7',
  })
  expect(pad.values).toMatchObject({ osVersion: '17.6.1', freeCapacity: 54.12, totalCapacity: 64 })
  expect(pad.state.osVersion?.answeredAt).toEqual(new Date('2026-01-15T17:23:56Z'))
  const phone = await deviceOf('DMPLAB000002')
  expect(phone.values).toMatchObject({ osVersion: '26.3.1', osVersionExtra: '(a)' })
})

test('19–21: platform by the model, t is yes, 85% of a battery, a time without a zone', async () => {
  expect(await deviceOf('DMPLAB000201')).toMatchObject({
    platform: 'iOS',
    values: { osVersion: '11.3.1', supervised: true },
  })
  expect((await deviceOf('DMPLAB000202')).platform).toBe('tvOS')
  expect(await deviceOf('DMPLAB000301')).toMatchObject({
    platform: 'iOS',
    labTag: 'LAB-931',
    notes: 'a, "quoted" note',
  })
  expect((await deviceOf('DMPLAB000101')).values).toMatchObject({
    batteryLevel: 0.85,
    osVersion: '18.0',
  })
})

test('22: of three names one is used and reported, and two rows of Jamf are separate devices', async () => {
  const shown = await preview(fileOf('22-jamf-classic-three-names.csv'))
  expect(shown.columns.filter(({ insteadOf }) => insteadOf === 'name')).toHaveLength(2)
  expect(await run(fileOf('22-jamf-classic-three-names.csv'))).toMatchObject({ added: 3 })
  expect((await deviceOf('C02LABTESTAB')).values).toMatchObject({
    batteryLevel: 0.01,
    freeCapacity: 1.548,
    totalCapacity: 27.56,
  })
})

test('24: a word for two platforms is asked about once for the file', async () => {
  const shown = await preview(fileOf('24-platform-words.csv'))
  expect(shown.bad).toMatchObject([{ problems: [{ column: 'Platform', text: 'iOS/iPadOS' }] }])
  expect(shown.questions).toMatchObject([{ choice: 'platform' }])
  await run(fileOf('24-platform-words.csv', { choices: { platform: 'iPadOS' } }))
  const read = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => deviceOf(`DMPPLT00000${n}`)))
  expect(read.map(({ platform }) => platform)).toEqual([
    'iPadOS',
    'iOS',
    'tvOS',
    'iOS',
    'iPadOS',
    'iOS',
    'iPadOS',
    'tvOS',
  ])
})

test('25: an iPad below 13.1 runs iOS, above it iPadOS, whatever the export says', async () => {
  expect((await deviceOf('DMPVER000001')).platform).toBe('iPadOS')
  expect((await deviceOf('DMPVER000002')).platform).toBe('iOS')
  expect((await deviceOf('DMPVER000007')).values).toMatchObject({
    osVersion: '12.5.5',
    osBuild: '16H62',
  })
})

test('an old export does not change the platform of an iPad that was updated since', async () => {
  await run(
    textOf(
      'Serial,Model identifier,OS version,Last seen\nRENAME00001,"iPad8,1",12.4,2026-01-05T08:00:00Z\n',
    ),
  )
  expect((await deviceOf('RENAME00001')).platform).toBe('iOS')
  await run(
    textOf(
      'Serial,Model identifier,OS version,Last seen\nRENAME00001,"iPad8,1",17.6.1,2026-02-05T08:00:00Z\n',
    ),
  )
  expect((await deviceOf('RENAME00001')).platform).toBe('iPadOS')
  await run(
    textOf(
      'Serial,Model identifier,OS version,Last seen\nRENAME00001,"iPad8,1",12.4,2026-01-06T08:00:00Z\n',
    ),
  )
  expect(await deviceOf('RENAME00001')).toMatchObject({
    platform: 'iPadOS',
    values: { osVersion: '17.6.1' },
  })
})

test('26: yes and no in the words of exports and of Excel', async () => {
  const read = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => deviceOf(`DMPYN000000${n}`)))
  expect(read.map(({ values }) => values.supervised)).toEqual(Array(6).fill(true))
})

test('the chosen meaning of a header is remembered for the next file with these headers', async () => {
  const text = 'Gerätenummer,Serial,Platform\nLab 1,MAPPED00001,iOS\n'
  const file = { ...textOf(text), mapping: { gerätenummer: 'labTag' } }
  expect((await preview(textOf(text))).columns[0]).not.toHaveProperty('key')
  await run(file)
  const next = await preview(textOf(text.replace('Lab 1', 'Lab 2').replace('00001', '00002')))
  expect(next).toMatchObject({ remembered: true, columns: [{ key: 'labTag' }, {}, {}] })
  expect(next.good[0]?.changes).toContainEqual({ label: 'Lab tag', from: '', to: 'Lab 2' })
})

test('rejected rows are returned as a file that can be corrected and imported', async () => {
  const file = textOf('Serial,Platform,Name\nGOOD0000001,iOS,ok\nb d,iOS,=1+1\n')
  const { csv } = must(await badRowsCsv(lab.db, engineer, file, now), 'csv')
  expect(csv).toContain('Serial,Platform,Name,Not imported because')
  expect(csv).not.toContain('GOOD0000001')
  const mended = await preview(textOf(csv.replace('b d', 'MENDED00001')))
  expect(mended.good).toMatchObject([{ kind: 'new', name: '=1+1' }])
})

test('a file of 20,000 rows of one serial is refused row by row in linear time', async () => {
  const before = process.threadCpuUsage().user
  const shown = await preview(
    textOf(`Serial,Name,Platform\n${'SAMESERIAL01,Lab,iOS\n'.repeat(20_000)}`),
  )
  expect(shown.counts.bad).toBe(20_000)
  expect(shown.bad).toHaveLength(500)
  expect(shown.bad[0]?.problems[0]?.reason).toBe(
    'Row 3, 4, 5, 6, 7 and more of this file has the same.',
  )
  expect((process.threadCpuUsage().user - before) / 1000).toBeLessThan(2000)
})
