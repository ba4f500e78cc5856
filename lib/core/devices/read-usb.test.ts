import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { insertReadings, recordedState } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { keepUsb, previewUsb } from './read-usb'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const sample = (name: string) =>
  readFileSync(path.join('lib', 'import-file', 'testdata', 'usb', name), 'utf8')

const viewer = { ...engineer, role: 'viewer' as const }

/** Every sample was printed at this moment by the device's clock. */
const printed = new Date(1_781_267_207_872)
const soon = new Date(printed.getTime() + 30_000)
const all = ['ideviceinfo-default.plist', 'battery.plist', 'disk_usage.plist', 'chaperone.plist']
const print = all.map(sample).join('\n')

/** The iPad of the samples. A serial is of one device, so the one of an earlier test gets another. */
async function ipad(serial = 'TESTSERIAL07'): Promise<string> {
  await lab.sql`update devices set serial = 'EARLIER-' || left(id::text, 8) where serial like 'TESTSERIAL%'`
  const device = await addDevice(lab.db, { at: new Date(printed.getTime() - 3_600_000) })
  await updateDevice(lab.db, device.id, { serial, modelIdentifier: 'iPad14,1' })
  return device.id
}

const kept = async (
  deviceId: string,
  given: Partial<Parameters<typeof keepUsb>[2]> = {},
  at = soon,
) => keepUsb(lab.db, engineer, { deviceId, text: print, vouched: true, ...given }, at)

test('a print becomes readings of its own source, at the time of the device’s clock, in the units of the record', async () => {
  const id = await ipad()
  expect(await kept(id)).toEqual({ status: 'kept', count: 7 })
  const state = await recordedState(lab.db, id)
  expect(state).toMatchObject({
    osVersion: { value: '26.6', source: 'usb', by: engineer.name, answeredAt: printed },
    osBuild: { value: '23G71' },
    batteryLevel: { value: 0.8 },
    externalPower: { value: true },
    totalCapacity: { value: 128 },
    freeCapacity: { value: 30.7 },
    supervised: { value: true },
    // PasswordProtected is the lock state, and no passcode reading.
    passcodePresent: { source: 'typed' },
  })
})

test('what is kept of it is the allow-list, and nothing else of the text stands in the database', async () => {
  const id = await ipad()
  await kept(id)
  const [row] =
    await lab.sql`select facts, vouched, by_name from usb_prints where device_id = ${id}`
  expect(row).toMatchObject({
    facts: { serial: 'TESTSERIAL07', freeBytes: 30.7e9, freeableBytes: 69.7e9, locked: false },
    vouched: true,
    by_name: engineer.name,
  })
  const trail = await lab.sql`select to_jsonb(a)::text as text from audit_log a`
  const stored = JSON.stringify([row, ...trail])
  for (const personal of ['02:00:00', 'MADEUPMLB', 'Lab &', 'Lab \\"', 'MXXX2', 'bWFkZXVw'])
    expect(stored).not.toContain(personal)
})

test('a preview stores nothing, and says which answers stay', async () => {
  const id = await ipad()
  const later = { source: 'mdm' as const, answeredAt: soon, byName: 'Erin' }
  await insertReadings(lab.db, id, [{ field: 'batteryLevel', value: 0.5, ...later }])
  const given = { deviceId: id, text: print, vouched: true }
  const preview = must(await previewUsb(lab.db, engineer, given, soon), 'read')
  expect(preview.rows).toContainEqual(
    expect.objectContaining({ field: 'batteryLevel', value: '80 %', current: false }),
  )
  expect(preview.rows).toContainEqual(
    expect.objectContaining({ field: 'externalPower', current: true }),
  )
  expect(preview.notes.join(' ')).toMatch(/30\.70 GB now, 69\.70 GB .* neither equals Settings/)
  expect(preview.notes.join(' ')).toMatch(/not locked .* passcode is another question/)
  expect(await lab.sql`select 1 from usb_prints where device_id = ${id}`).toHaveLength(0)
  must(await kept(id), 'kept')
  expect((await recordedState(lab.db, id)).batteryLevel).toMatchObject({ value: 0.5 })
})

test('a print of another device is refused with both serials, and one of several devices is found', async () => {
  const id = await ipad('TESTSERIAL08')
  const refusal = await kept(id)
  expect(refusal).toMatchObject({ status: 'refused', field: 'text' })
  expect(JSON.stringify(refusal)).toMatch(
    /serial is TESTSERIAL07, and that of this device is TESTSERIAL08/,
  )
  await updateDevice(lab.db, id, { modelIdentifier: 'iPhone10,4' })
  const of = { text: sample('cfgutil-get.json'), minutesAgo: 2, vouched: false }
  must(await kept(id, of), 'kept')
  expect(await recordedState(lab.db, id)).toMatchObject({
    osVersion: { value: '16.7.99' },
    batteryLevel: { value: 0.53 },
    supervised: { value: true },
    freeCapacity: { value: 40.408000512 },
  })
})

test.each([
  ['a part that names no device', { vouched: false }, 'vouched', /names no device/],
  [
    'a part without a time',
    { text: sample('battery.plist') },
    'minutesAgo',
    /how many minutes ago/,
  ],
  ['a part that is no reading', { text: sample('international.plist') }, 'text', /Nothing in it/],
  ['an error of the tool', { text: sample('stdout-error-1.3.0.plist') }, 'text', /No device found/],
  [
    'two captures at once',
    { text: `${print}${sample('pymobiledevice3-battery-single-mAh-old.json')}` },
    'text',
    /batteryPercent: 80 and 99/,
  ],
])('%s is refused at its field', async (_, given, field, reason) => {
  const id = await ipad()
  expect(await kept(id, given)).toMatchObject({
    status: 'refused',
    field,
    reason: expect.stringMatching(reason),
  })
  expect(await lab.sql`select 1 from readings where device_id = ${id} and source = 'usb'`).toEqual(
    [],
  )
})

test('a clock that is ahead says nothing, and an older statement counts before a newer clock', async () => {
  const id = await ipad()
  const before = new Date(printed.getTime() - 86_400_000)
  expect(await kept(id, {}, before)).toMatchObject({ field: 'minutesAgo', reason: /in the future/ })
  must(await kept(id, { minutesAgo: 5 }, before), 'kept')
  expect((await recordedState(lab.db, id)).osBuild?.answeredAt).not.toEqual(printed)
  must(await kept(id, { minutesAgo: 10 }), 'kept')
  const [newest] =
    await lab.sql`select answered_at from readings where device_id = ${id} and source = 'usb' order by id desc limit 1`
  expect(new Date(String(newest?.answered_at))).toEqual(new Date(soon.getTime() - 600_000))
})

test('a viewer gives no print, and one of a retired device is refused', async () => {
  const id = await ipad()
  const given = { deviceId: id, text: print, vouched: true }
  expect(await keepUsb(lab.db, viewer, given, soon)).toMatchObject({ status: 'refused' })
  expect(await previewUsb(lab.db, viewer, given, soon)).toMatchObject({ status: 'refused' })
  await updateDevice(lab.db, id, { retiredAt: now })
  expect(await kept(id)).toMatchObject({ reason: /retired/ })
})
