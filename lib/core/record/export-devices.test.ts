import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listCustomFields, listFieldHistory } from '@/lib/db/queries/devices/custom-fields'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deviceColumns } from '@/lib/domain/export/device-columns'
import { fc } from '@/lib/property.testing'
import { defineField, enterFieldValues } from '../devices/custom-fields'
import { importDevices, previewImport } from '../devices/import/import-devices'
import { addDevice } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { exportDevices } from './export-devices'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const define = async (name: string, type: 'text' | 'number' | 'choice', more = {}) =>
  must(
    await defineField(
      lab.db,
      lead,
      {
        draft: {
          ...{ name, type, unit: '', options: '', help: '', required: false },
          ...{ inStartingState: false, ...more },
        },
      },
      now,
    ),
    'saved',
  ).fieldId
const exported = async () =>
  must(await exportDevices(lab.db, lead, { environment: 'real', bom: true }, later(60)), 'ready')
    .body
const bytes = (text: string) => new TextEncoder().encode(text)

test('the file of the devices imports again and changes nothing', async () => {
  const odd = await addDevice(lab.db, {
    but: { batteryLevel: 0.8700000047683716, freeCapacity: 1.024 },
  })
  const full = await addDevice(lab.db, { but: { batteryLevel: 1, freeCapacity: 12.345678901 } })
  const tv = await addDevice(lab.db)
  await updateDevice(lab.db, odd.id, {
    ...{ name: ' =cmd|x ', location: "'+1", holder: 'a, "b"', notes: 'two\nlines' },
    ...{ labTag: '-3', modelName: '＝x' },
  })
  await updateDevice(lab.db, tv.id, {
    name: 'tab\tin it',
    platform: 'tvOS',
    modelIdentifier: 'AppleTV6,2',
  })
  const text = await exported()
  const shown = must(
    await previewImport(lab.db, engineer, { bytes: bytes(text) }, later(120)),
    'preview',
  )
  expect(shown.bad).toEqual([])
  expect(shown.good.flatMap(({ changes }) => changes)).toEqual([])
  expect(shown.counts.same).toBe(3)
  expect(shown.questions).toEqual([])
  const known = shown.columns.filter(({ key }) => key === undefined).map(({ header }) => header)
  expect(known.toSorted()).toEqual(['custodian', 'custody_place', 'custody_since', 'environment'])
  const rows: Record<string, string>[] = parse(text, { columns: true, bom: true })
  expect(rows.find(({ serial }) => serial === full.serial)).toMatchObject({
    battery_level: '100 %',
    free_capacity: '12.345678901 GB',
    read_at: '2026-03-02T09:00:00Z',
    supervised: 'true',
  })
  expect(Object.keys(rows[0] ?? {})).toEqual(deviceColumns.map(({ name }) => name))
})

test('custom fields of any text come back as they were, to the device that has them and to one that lacks them', async () => {
  const { id, serial } = await addDevice(lab.db)
  const text = await define('Serial, as printed "inside"', 'text')
  const length = await define('Cable', 'number', { unit: 'cm' })
  const owner = await define('Owner', 'choice', { options: '-none-\n=A1\nN/A' })
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        text: fc.oneof(
          fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
          fc.constantFrom("'=1", "''+2", '="007"', '@x', '＋1', 'N/A', '-', 'a,"b"', '-1'),
        ),
        length: fc.integer({ min: -999_999, max: 999_999 }).map((value) => value / 1000),
        owner: fc.constantFrom('-none-', '=A1', 'N/A'),
      }),
      async (given) => {
        const seen = await listFieldHistory(lab.db, id)
        const seenId = (fieldId: string) => seen.find((row) => row.fieldId === fieldId)?.id ?? null
        const values = [
          { fieldId: text, text: given.text, seenId: seenId(text) },
          { fieldId: length, text: String(given.length), seenId: seenId(length) },
          { fieldId: owner, text: given.owner, seenId: seenId(owner) },
        ]
        // A text that the lab does not keep is none of its files.
        fc.pre(
          (await enterFieldValues(lab.db, engineer, { deviceId: id, values }, now)).status ===
            'saved',
        )
        const file = { bytes: bytes(await exported()) }
        const same = must(await previewImport(lab.db, engineer, file, later(120)), 'preview')
        expect([same.bad, same.good.flatMap(({ changes }) => changes)]).toEqual([[], []])
      },
    ),
    { numRuns: 40 },
  )
  // In a lab without the device, the file makes it with the same values.
  const other = (await exported()).replaceAll(serial, 'OTHERSER0001')
  const rows: string[][] = parse(other, { bom: true })
  const [header, ...devices] = rows
  const mine = devices.find((row) => row.includes('OTHERSER0001')) ?? []
  const without = (name: string) => (header ?? []).indexOf(name)
  mine[without('enrollment_id')] = ''
  mine[without('lab_tag')] = 'OTHER-1'
  const csv = [header, mine].map((row) =>
    (row ?? []).map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','),
  )
  const file = { bytes: bytes(csv.join('\r\n')) }
  const { hash } = must(await previewImport(lab.db, engineer, file, later(120)), 'preview')
  must(await importDevices(lab.db, engineer, { ...file, hash }, later(120)), 'imported')
  const made = (await lab.db.query.devices.findMany()).find((one) => one.labTag === 'OTHER-1')
  const of = async (deviceId: string) => {
    const history = await listFieldHistory(lab.db, deviceId)
    const fields = await listCustomFields(lab.db)
    return fields.map((field) => history.find((row) => row.fieldId === field.id)?.value ?? null)
  }
  expect(await of(made?.id ?? '')).toEqual(await of(id))
})

test('a value that does not fit refuses its row by the column', async () => {
  const { serial } = await addDevice(lab.db)
  const shown = must(
    await previewImport(
      lab.db,
      engineer,
      { bytes: bytes(`Serial,Cable,Custom: owner\n${serial},long,nobody\n`) },
      later(120),
    ),
    'preview',
  )
  expect(shown.bad[0]?.problems).toMatchObject([
    { column: 'Cable', accepted: 'a number of cm such as 12.5' },
    // Without the prefix it is the holder, as in the files of other programs.
    { column: 'Custom: owner', accepted: '-none-, =A1, N/A' },
  ])
})

test('an import shows a value before and after it in the same words', async () => {
  const [{ id, serial }, fields] = [await addDevice(lab.db), await listCustomFields(lab.db)]
  const fieldId = fields.find(({ name }) => name === 'Cable')?.id ?? ''
  const values = [{ fieldId, text: '12', seenId: null }]
  must(await enterFieldValues(lab.db, engineer, { deviceId: id, values }, now), 'saved')
  const file = { bytes: bytes(`Serial,Cable\n${serial},13\n`) }
  const { good } = must(await previewImport(lab.db, engineer, file, later(120)), 'preview')
  expect(good[0]?.changes).toEqual([{ label: 'Cable', from: '12 cm', to: '13 cm' }])
})
