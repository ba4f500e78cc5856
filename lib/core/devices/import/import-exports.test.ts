import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentState } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { FileChoices } from '@/lib/domain/import/questions'
import { addDevice } from '../../testing/device'
import { engineer, must } from '../../testing/people'
import { importDevices, previewImport } from './import-devices'

// Exports of further programs, and peculiarities of programs that write or edit tables.
const now = new Date('2026-11-28T09:00:00Z')
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const fileOf = (text: string | Uint8Array, choices: FileChoices = {}) => ({
  bytes: typeof text === 'string' ? new TextEncoder().encode(text) : text,
  choices,
})
const preview = async (text: string, choices: FileChoices = {}) =>
  must(await previewImport(lab.db, engineer, fileOf(text, choices), now), 'preview')
const run = async (text: string, choices: FileChoices = {}) => {
  const { hash } = await preview(text, choices)
  return must(
    await importDevices(lab.db, engineer, { ...fileOf(text, choices), hash }, now),
    'imported',
  )
}
const stored = async (serial: string) => {
  const rows = await lab.db.query.devices.findMany()
  const device = rows.find((row) => row.serial === serial)
  if (!device) throw new Error(`${serial} was not imported`)
  const state = await currentState(lab.db, device.id)
  const values = Object.entries(state).map(([field, { value }]) => [field, value])
  return { ...device, ...Object.fromEntries(values) }
}
const reasons = (shown: Awaited<ReturnType<typeof preview>>) =>
  shown.bad.map(({ problems }) => problems.map(({ reason }) => reason).join(' '))

test('Workspace ONE writes UDIDs without a hyphen and in upper case, which changes no enrollment ID', async () => {
  const udid = '00008101-00A14D2E3C91001E'
  await run(`Serial,UDID,Platform\nEXPWSO000001,${udid},iPadOS\n`)
  const old = 'B0F9AC27D41E58307C6D93EB12A4F85567C0DE19'
  await run(
    [
      'Friendly Name,Last Seen,Platform,OS Version,Serial Number,UDID,Asset Number',
      'Bench iPad,11/18/2026 9:05:12 AM,Apple iOS,iPadOS 18.6.2,EXPWSO000001,0000810100A14D2E3C91001E,WS-1',
      `Bench phone,11/9/2026 12:05:12 AM,Apple iOS,iOS 12.5.7,EXPWSO000002,${old},WS-2`,
    ].join('\n'),
    { timeZone: 'UTC' },
  )
  expect(await stored('EXPWSO000001')).toMatchObject({
    enrollmentId: udid,
    name: 'Bench iPad',
    osVersion: '18.6.2',
  })
  expect(await stored('EXPWSO000002')).toMatchObject({ enrollmentId: old.toLowerCase() })
})

test('Meraki, Intune’s export API and Microsoft Graph', async () => {
  await run(
    [
      'name,osName,systemModel,systemType,uuid,serialNumber,lastConnected,osBuild,deviceCapacity,availableDeviceCapacity,isSupervised,batteryEstCharge',
      'Bench,iPadOS 18.6.2,iPad,"iPad13,18",00008101-000A4C2E3C91002E,EXPMER000001,1794500000,22G100,62500000,31250000,true,78.5',
    ].join('\n'),
  )
  expect(await stored('EXPMER000001')).toMatchObject({
    modelIdentifier: 'iPad13,18',
    platform: 'iPadOS',
    osVersion: '18.6.2',
    osBuild: '22G100',
    totalCapacity: 62.5,
    batteryLevel: 0.785,
  })
  await run(
    'DeviceName,LastContact,OSVersion,SerialNumber,Model,StorageTotal,StorageFree,OS\nBench,2026-11-18 08:11:12.1234567,18.6.2,EXPINT000001,iPhone 12,122070,40960,iOS\n',
  )
  expect(await stored('EXPINT000001')).toMatchObject({ totalCapacity: 122.07, freeCapacity: 40.96 })
  await run(
    'deviceName,lastSyncDateTime,operatingSystem,osVersion,serialNumber,model,totalStorageSpaceInBytes,freeStorageSpaceInBytes,isSupervised\nBench,2026-11-18T08:11:12Z,iOS,18.6.2,EXPGRA000001,iPhone 12,127989493760,0,True\n',
  )
  expect(await stored('EXPGRA000001')).toMatchObject({ totalCapacity: 127.98949376 })
})

test('with a model and a model name, the name is from the latter', async () => {
  await run(
    'Serial Number,Model,Model Name,Product Name,OS Version\nEXPSIM000001,MK2K3LL,iPad (9th Generation),"iPad12,1",18.6.2\n',
  )
  expect(await stored('EXPSIM000001')).toMatchObject({ modelName: 'iPad (9th Generation)' })
})

test('cfgutil list is read line by line', async () => {
  await run(
    'Type: iPad11,3\tECID: 0x1A2B3C4D5E6F\tUDID: 00008020-001C4D2E3C91003E Location: 0x14100000 Name: Cart 4\n',
  )
  const rows = await lab.db.query.devices.findMany()
  expect(rows.find(({ name }) => name === 'Cart 4')).toMatchObject({
    enrollmentId: '00008020-001C4D2E3C91003E',
    modelIdentifier: 'iPad11,3',
    platform: 'iPadOS',
  })
})

test('a build in the wrong letter case is refused, and a build that ends in a letter is that of a supplement', async () => {
  const shown = await preview(
    'Serial,Platform,OS version\nEXPBLD000001,iOS,12.1 (16b92)\nEXPBLD000002,iOS,26.3.1 (a) (23D771330a)\n',
  )
  expect(reasons(shown)).toEqual(['“12.1 (16b92)” cannot be read as OS version.'])
  await run('Serial,Platform,OS version\nEXPBLD000002,iOS,26.3.1 (a) (23D771330a)\n')
  const device = await stored('EXPBLD000002')
  expect(device).toMatchObject({ osVersionExtra: '(a)', osSupplementalBuild: '23D771330a' })
  expect(device.osBuild).toBeUndefined()
})

test.each(['Free space %', '% free', 'Percent available', 'free_percent', 'Storage (%)'])(
  '“%s” is a share and no size',
  async (header) => {
    const shown = await preview(`Serial,Platform,Total disk,${header}\nEXPPCT000001,iOS,64 GB,33\n`)
    expect(shown.columns.at(-1)).not.toHaveProperty('key')
    expect(shown.good[0]?.changes.map(({ label }) => label)).not.toContain('Free disk')
  },
)

test('free capacity 0 with an unknown total is unknown', async () => {
  await run('Serial,Platform,Total storage,Free storage\nEXPZER000001,iOS,0,0\n')
  expect((await stored('EXPZER000001')).freeCapacity).toBeUndefined()
})

test('a repeated header and a summary line are no devices', async () => {
  const text = 'Serial,Name\nEXPREP000001,Lab\nSerial,Name\nEXPREP000002,Lab\nGesamt,2\nTotals,2\n'
  const shown = await preview(text, { platform: 'iOS' })
  expect(shown.notes).toEqual([expect.stringContaining('The header stands once more')])
  expect(shown.counts).toMatchObject({ new: 2, bad: 2 })
})

test('Excel puts a cell with a line break in quotes, in a tab-separated file too', async () => {
  await run(
    'Serial\tNotes\tPlatform\r\nEXPTSV000001\t"first\nsecond ""x"""\tiOS\r\nEXPTSV000002\t12.9"\tiOS\r\n',
  )
  expect(await stored('EXPTSV000001')).toMatchObject({ notes: 'first\nsecond "x"' })
  expect(await stored('EXPTSV000002')).toMatchObject({ notes: '12.9"' })
})

test('a sep= line that does not match the file is ignored', async () => {
  expect((await preview('sep=,\nSerial;Platform\nEXPSEP000001;iOS\n')).counts.new).toBe(1)
})

test.each([
  ['2026-11-20 08:11:12+00', '2026-11-20T08:11:12Z'],
  ['2026-11-20 08:11:12 +0000 UTC', '2026-11-20T08:11:12Z'],
  ['20261120T081112Z', '2026-11-20T08:11:12Z'],
  ['Fri Nov 20 08:11:12 UTC 2026', '2026-11-20T08:11:12Z'],
  ['"Friday, November 20, 2026 at 8:11:12 AM UTC"', '2026-11-20T08:11:12Z'],
])('the time %s is read', async (text, at) => {
  const shown = await preview(
    `Serial,Platform,OS version,Last seen\nEXPTIM000001,iOS,12.1,${text}\n`,
  )
  expect(shown.good[0]?.readAt).toEqual(new Date(at))
})

test.each([
  ['Never', 'means “never”'],
  ['never checked in', 'means “never”'],
  ['0', 'means “never”'],
  ['-62135596800', 'means “never”'],
  ['46346.5', 'as Excel counts them'],
  ['1.79452E+12', 'Excel has shortened'],
  ['20. marraskuu 2026 08:11', 'not written in English'],
  ['20. Dezember 2025 08:11', 'not written in English'],
  ['2026-11-20-05', 'no such day or time'],
])('the time %s is refused with its reason', async (text, reason) => {
  const shown = await preview(
    `Serial,Platform,OS version,Last seen\nEXPTIM000002,iOS,12.1,${text}\n`,
    { timeZone: 'UTC' },
  )
  expect(reasons(shown)).toEqual([expect.stringContaining(reason)])
})

test('words for unknown, for yes and for units, of more programs and languages', async () => {
  const words = ['TOSI', 'PRAWDA', 'ИСТИНА', 'はい', '1.0', 'EPÄTOSI', 'USANN', '否', '0.0']
  const unknown = ['None', 'NaN', '#NV', '\\N', '<null>', 'n.a.']
  const rows = [...words, ...unknown].map((word, at) => `EXPWRD0000${10 + at},iOS,${word},64 Go`)
  await run(`Serial,Platform,Supervised,Total disk\n${rows.join('\n')}\n`)
  const all = await Promise.all(rows.map((_, at) => stored(`EXPWRD0000${10 + at}`)))
  expect(all.map(({ supervised }) => supervised)).toEqual([
    ...[true, true, true, true, true, false, false, false, false],
    ...unknown.map(() => undefined),
  ])
  expect(all[0]?.totalCapacity).toBe(64)
})

test('a serial in lower case matches the device', async () => {
  const device = await addDevice(lab.db)
  const shown = await preview(`Serial,Location\n${device.serial.toLowerCase()},Shelf 9\n`)
  expect(shown.good).toMatchObject([{ kind: 'changed', matchedBy: 'serial' }])
  expect(shown.good[0]?.changes.map(({ label }) => label)).toEqual(['Location'])
})
