import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '@/lib/db/queries/devices/devices'
import { currentState, readingHistory } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { addServer } from '../../testing/device'
import { admin, engineer, later, lead, must, now } from '../../testing/people'
import { armedTrial, releaseSigned, seenSlot } from '../../testing/trial'
import { defineField, retireField } from '../custom-fields'
import { retireDevice } from '../retire-device'
import { saveDevice } from '../save-device'
import type { ImportFile } from './import-devices'
import { importDevices, previewImport } from './import-devices'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const fileOf = (...lines: string[]) => ({ bytes: new TextEncoder().encode(lines.join('\n')) })
type File = Omit<ImportFile, 'hash'>
const preview = async (file: File, at = now) =>
  must(await previewImport(lab.db, engineer, file, at), 'preview')
const run = async (file: File, at = now) => {
  const { hash } = await preview(file, at)
  return must(await importDevices(lab.db, engineer, { ...file, hash }, at), 'imported')
}
const bySerial = async (serial: string): Promise<Device | undefined> => {
  const rows = await lab.db.query.devices.findMany()
  return rows.find((row) => row.serial === serial)
}

test('a preview names every bad row and column and writes nothing', async () => {
  const before = await lab.sql`select count(*) from devices`
  const shown = await preview(
    fileOf(
      'Lab tag,Serial,Platform,Battery,Colour',
      'P-1,PREVIEW001,iOS,0.5,red',
      'P-2,PREVIEW002,macOS,150,red',
      'P-3,,iOS,,',
      'P-4,PREVIEW004,iOS,0.4,red,more',
    ),
  )
  expect(shown.good.map(({ row, kind }) => [row, kind])).toEqual([[2, 'new']])
  expect(shown.bad.map(({ row, problems }) => [row, problems.map(({ column }) => column)])).toEqual(
    [
      [3, ['Platform', 'Battery']],
      [4, ['Enrollment ID']],
      [5, ['the whole row']],
    ],
  )
  expect(shown.columns.filter(({ key }) => !key)).toMatchObject([{ header: 'Colour' }])
  expect(shown.counts).toEqual({ new: 1, changed: 0, same: 0, bad: 3 })
  expect(await lab.sql`select count(*) from devices`).toEqual(before)
})

test('only valid rows are imported, and no cell of an invalid row', async () => {
  const result = await run(
    fileOf(
      'Lab tag,Serial,Platform,Battery',
      'H-1,HALFROW001,iOS,50 %',
      'H-2,HALFROW002,iOS,half full',
    ),
  )
  expect(result).toMatchObject({
    added: 1,
    changed: 0,
    unchanged: 0,
    leftOut: 1,
    environment: 'real',
  })
  expect(await bySerial('HALFROW002')).toBeUndefined()
  const device = await bySerial('HALFROW001')
  expect(device).toMatchObject({ labTag: 'H-1', name: 'H-1', updatedBy: 'Erin' })
  expect((await currentState(lab.db, device?.id ?? '')).batteryLevel).toMatchObject({
    value: 0.5,
    source: 'imported',
    by: 'Erin',
    ageUnknown: true,
  })
})

test('a second import finds devices by enrollment ID or serial and shows what changes', async () => {
  const udid = 'a'.repeat(40)
  await run(
    fileOf(
      'Name,Enrollment ID,Serial,Platform,Location,OS version',
      `Red,${udid},,iOS,Shelf 1,11.4`,
      'Blue,,AGAIN00002,iOS,Shelf 1,11.4',
      'Green,,AGAIN00003,iOS,Shelf 1,11.4',
    ),
  )
  const shown = await preview(
    fileOf(
      'Name,Enrollment ID,Serial,Location,OS version',
      `Red,${udid},AGAIN00001,Shelf 2,11.4`,
      'Blue,,again00002,,12.0',
      'Green,,AGAIN00003,Shelf 1,11.4',
    ),
    later(60),
  )
  expect(shown.bad).toEqual([])
  expect(shown.good).toMatchObject([
    {
      kind: 'changed',
      matchedBy: 'enrollment ID',
      changes: [
        { label: 'Serial', from: '', to: 'AGAIN00001' },
        { label: 'Location', from: 'Shelf 1', to: 'Shelf 2' },
      ],
    },
    {
      kind: 'changed',
      matchedBy: 'serial',
      changes: [{ label: 'OS version', from: '11.4', to: '12.0' }],
    },
    { kind: 'same', changes: [] },
  ])
})

test('importing the same file twice changes nothing and makes no reading look fresh', async () => {
  const file = fileOf('Serial,Platform,OS version', 'TWICE00001,iOS,11.4')
  await run(file)
  expect(await run(file, later(3600))).toMatchObject({ added: 0, changed: 0, unchanged: 1 })
  const device = await bySerial('TWICE00001')
  const { rows } = await readingHistory(lab.db, device?.id ?? '', 'osVersion')
  expect(rows.map(({ answeredAt }) => answeredAt)).toEqual([now])
})

test('a reading has the time in the file, and one older than the stored one is left out with a note', async () => {
  const head = 'Serial,Platform,Read at,OS version'
  await run(fileOf(head, 'READAT0001,iOS,2026-03-01T08:00:00Z,11.4'))
  const device = await bySerial('READAT0001')
  expect((await currentState(lab.db, device?.id ?? '')).osVersion?.answeredAt).toEqual(
    new Date('2026-03-01T08:00:00Z'),
  )
  const older = await preview(fileOf(head, 'READAT0001,iOS,2026-02-01T08:00:00Z,11.3'))
  expect(older.good).toMatchObject([
    { kind: 'same', changes: [], notes: [expect.stringContaining('later reading')] },
  ])
  const newer = await preview(fileOf(head, 'READAT0001,iOS,2026-03-02T08:00:00Z,11.4'))
  expect(newer.good).toMatchObject([{ kind: 'changed', changes: [{ to: '11.4, newer reading' }] }])
})

test('rows of one file that name the same device are all left out, each naming the other', async () => {
  const shown = await preview(
    fileOf(
      'Lab tag,Serial,Platform',
      'D-1,DOUBLE0001,iOS',
      'D-2,double0001,iOS',
      'D-3,DOUBLE0003,iOS',
      'd-3,DOUBLE0004,iOS',
    ),
  )
  expect(shown.good).toEqual([])
  expect(shown.bad.map(({ problems }) => problems[0])).toMatchObject([
    { column: 'Serial', reason: 'Row 3 of this file has the same.' },
    { column: 'Serial', reason: 'Row 2 of this file has the same.' },
    { column: 'Lab tag', reason: 'Row 5 of this file has the same.' },
    { column: 'Lab tag', reason: 'Row 4 of this file has the same.' },
  ])
})

test('one device named by its enrollment ID in one row and by its serial in another is left out', async () => {
  const udid = 'b'.repeat(40)
  await run(fileOf('Serial,Enrollment ID,Platform', `BOTHWAYS01,${udid},iOS`))
  const shown = await preview(
    fileOf('Serial,Enrollment ID,Name', 'BOTHWAYS01,,One', `,${udid},Two`),
  )
  expect(shown.bad.map(({ row }) => row)).toEqual([2, 3])
})

test('a lab tag or serial of another device is refused and names that device', async () => {
  await run(
    fileOf(
      'Lab tag,Name,Serial,Enrollment ID,Platform',
      `X-1,Owner,TAKEN00001,${'c'.repeat(40)},iOS`,
    ),
  )
  const shown = await preview(
    fileOf(
      'Lab tag,Serial,Enrollment ID,Platform',
      'x-1,TAKEN00002,,iOS',
      `,TAKEN00001,${'d'.repeat(40)},iOS`,
    ),
  )
  expect(shown.bad).toMatchObject([
    { row: 2, problems: [{ column: 'Lab tag', reason: 'It belongs to X-1 (Owner).' }] },
  ])
  // The second row matches by serial and would give that device another enrollment ID.
  expect(shown.good).toMatchObject([{ row: 3, matchedBy: 'serial' }])
})

test('an enrollment ID in another letter case than the stored one is refused', async () => {
  await run(fileOf('Enrollment ID,Platform,Name', '00008020-000915083C80012E,iOS,Upper'))
  const shown = await preview(fileOf('Enrollment ID', '00008020-000915083c80012e'))
  expect(shown.bad).toMatchObject([{ problems: [{ column: 'Enrollment ID' }] }])
})

test('a cell that looks like a formula is stored as text', async () => {
  await run(fileOf('Serial,Platform,Name', `FORMULA001,iOS,"=HYPERLINK(""http://x"")"`))
  expect(await bySerial('FORMULA001')).toMatchObject({ name: '=HYPERLINK("http://x")' })
})

test('a file does not change the enrollment ID of a device in a trial', async () => {
  const { device } = await armedTrial(lab.db)
  const shown = await preview(fileOf('Serial,Enrollment ID', `${device.serial},${'e'.repeat(40)}`))
  expect(shown.bad).toMatchObject([
    { problems: [{ column: 'Enrollment ID', reason: expect.stringContaining('under way') }] },
  ])
})

test('an imported OS build that differs loses the released trial of the device', async () => {
  const { device, trialId } = await armedTrial(lab.db)
  must(await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId), now), 'released')
  await run(
    fileOf(
      'Serial,Read at,OS version,OS build',
      `${device.serial},${later(4).toISOString()},12.1,16B92`,
    ),
    later(5),
  )
  const [trial] = await lab.sql`select state, end_build from trials where id = ${trialId}`
  expect(trial).toEqual({ state: 'lost', end_build: '16B92' })
})

test('a retired device is left out', async () => {
  await run(fileOf('Serial,Platform', 'RETIRED001,iOS'))
  const device = await bySerial('RETIRED001')
  const input = { deviceId: device?.id ?? '', to: 'retired' as const, reason: 'broken' }
  must(await retireDevice(lab.db, lead, input, now), 'retired')
  const shown = await preview(fileOf('Serial,Location', 'RETIRED001,Bin'))
  expect(shown.bad).toMatchObject([{ problems: [{ reason: expect.stringContaining('retired') }] }])
})

test('new devices belong to the chosen MDM server, or to the one their row names', async () => {
  const mdmServerId = await addServer(lab.db, true)
  const file = fileOf(
    'Serial,Platform,MDM server',
    'SERVER0001,iOS,',
    'SERVER0002,iOS,No such server',
  )
  expect(await run({ ...file, mdmServerId })).toMatchObject({ added: 1, leftOut: 1 })
  expect(await bySerial('SERVER0001')).toMatchObject({ mdmServerId, simulated: true })
})

test('nothing is imported when the inventory has changed since the preview', async () => {
  const file = fileOf('Serial,Platform,Location', 'CHANGED001,iOS,Shelf 1')
  await run(file)
  const second = fileOf('Serial,Platform,Location', 'CHANGED001,iOS,Shelf 2')
  const { hash } = await preview(second)
  const device = await bySerial('CHANGED001')
  if (!device) throw new Error('it was imported above')
  const draft = {
    labTag: '',
    name: device.name,
    enrollmentId: '',
    serial: 'CHANGED001',
    platform: 'iOS' as const,
    modelIdentifier: '',
    modelName: '',
    location: 'Bench',
    holder: '',
    notes: '',
  }
  const existing = { deviceId: device.id, seenUpdatedAt: device.updatedAt }
  must(
    await saveDevice(lab.db, lead, { draft, mdmServerId: undefined, existing }, later(1)),
    'saved',
  )
  expect(await importDevices(lab.db, engineer, { ...second, hash }, later(2))).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('changed since the preview'),
  })
  expect(await bySerial('CHANGED001')).toMatchObject({ location: 'Bench' })
})

test('a column whose custom field was retired since the preview is named', async () => {
  const draft = {
    ...{ name: 'Cable', type: 'text' as const, unit: '', options: '', help: '' },
    ...{ required: false, inStartingState: false },
  }
  const { fieldId } = must(await defineField(lab.db, lead, { draft }, now), 'saved')
  const file = fileOf('Lab tag,Serial,Platform,Cable', 'C-1,CABLE00001,iOS,black')
  const { hash } = await preview(file)
  const retired = { fieldId, to: 'retired', reason: 'nobody looks at it' } as const
  must(await retireField(lab.db, lead, retired, now), 'retired')
  const refusal = must(await importDevices(lab.db, engineer, { ...file, hash }, now), 'refused')
  expect(refusal.reason).toContain(
    'The column “Cable” is left out by now: Lee retired the custom field “Cable”.',
  )
  expect(await bySerial('CABLE00001')).toBeUndefined()
})

test('the same import twice at one moment adds each device once', async () => {
  const file = fileOf('Serial,Platform', 'ATONCE0001,iOS', 'ATONCE0002,iOS')
  const { hash } = await preview(file)
  const results = await Promise.all(
    [1, 2].map(() => importDevices(lab.db, engineer, { ...file, hash }, now)),
  )
  expect(results.map(({ status }) => status).toSorted()).toEqual(['imported', 'refused'])
})

test('a file of several thousand devices is imported completely and judged afterwards', async () => {
  const lines = Array.from({ length: 3000 }, (_, n) => `MANY${10_000 + n},iOS,11.4,0.5`)
  const result = await run(fileOf('Serial,Platform,OS version,Battery', ...lines))
  expect(result.added).toBe(3000)
  const [counted] = await lab.sql`
    select count(*)::int as n, count(v.device_id)::int as verdicts
    from devices d left join device_verdicts v on v.device_id = d.id where serial like 'MANY%'`
  expect(counted).toEqual({ n: 3000, verdicts: 3000 })
  // A few seconds on a quiet machine; on a busy one it took longer than a test usually may.
}, 120_000)

test('an admin imports nothing', async () => {
  expect(await previewImport(lab.db, admin, fileOf('Serial', 'x'), now)).toMatchObject({
    status: 'refused',
  })
})
