import { expect, test } from 'vitest'
import { readOsText } from './os'
import type { FileChoices, HeaderMapping } from './questions'
import { readFile } from './read-file'
import { folded } from './words'

const now = new Date('2026-03-02T09:00:00Z')
type Given = { choices?: FileChoices; mapping?: HeaderMapping }
const read = (lines: string[], { choices = {}, mapping = {} }: Given = {}) => {
  const [headers = [], ...rest] = lines.map((line) => line.split('|'))
  const rows = rest.map((cells, at) => ({ row: at + 2, cells }))
  return readFile({ headers, rows, delimiter: '|' }, mapping, choices, now)
}
const first = (lines: string[], given?: Given) => {
  const [row] = read(lines, given).rows
  if (!row) throw new Error('a row was given')
  return row
}

test('an empty cell is ignored, and so is N/A in a text field of the device', () => {
  expect(first(['Name|Battery|Location|Lab tag', '| |Shelf 2|N/A'])).toMatchObject({
    device: { location: 'Shelf 2' },
    readings: [],
    problems: [],
  })
})

test.each(['-1', 'N/A', '—', 'unknown'])(
  'a reading of %s is not known, and the row stays',
  (text) => {
    expect(first(['Serial|Battery|Supervised', `C39VC0|${text}|yes`])).toMatchObject({
      readings: [
        { field: 'batteryLevel', value: undefined },
        { field: 'supervised', value: true },
      ],
      problems: [],
    })
  },
)

test.each([
  ['t', true],
  ['FALSE', false],
  ['Ja', true],
  ['FAUX', false],
  ['Supervised', true],
  ['Unsupervised', false],
  ['Not supervised', false],
  ['✓', true],
])('"%s" in a column of supervision is %s', (text, value) => {
  expect(first(['Supervised', text]).readings).toEqual([{ field: 'supervised', value }])
})

test('on and off are not inverted for automatic updates', () => {
  expect(first(['Automatic updates off', 'off']).readings).toMatchObject([{ value: true }])
  expect(first(['Automatic updates off', 'disabled']).problems).toHaveLength(1)
})

test.each([
  ['17.6.1', { version: '17.6.1' }],
  ['iPadOS 17.6.1', { version: '17.6.1', family: 'iPadOS' }],
  ['iOS 26.3.1 (a)', { version: '26.3.1', extra: '(a)', family: 'iOS' }],
  ['12.5.5 (16H62)', { version: '12.5.5', build: '16H62' }],
  ['Version 17.6.1 (Build 21G93)', { version: '17.6.1', build: '21G93' }],
  ['12.01', undefined],
  ['Windows 11', undefined],
])('the OS text "%s"', (text, os) => {
  expect(readOsText(text)).toEqual(os)
})

test.each([
  ['iPad8,1', '17.6.1', 'iOS', 'iPadOS'],
  ['iPad4,1', '11.3.1', 'iPadOS', 'iOS'],
  ['iPad4,1', '', '', 'iOS'],
  ['iPad13,18', '', 'iOS', 'iPadOS'],
  ['iPhone12,1', '13.1', 'iOS/iPadOS', 'iOS'],
  ['AppleTV5,3', '', '', 'tvOS'],
  ['', 'iPadOS 12.4', '', 'iOS'],
  ['', '', 'Apple TV', 'tvOS'],
])('%s on "%s", said to be "%s", runs %s', (model, version, platform, runs) => {
  const row = first(['Model identifier|OS version|Platform', `${model}|${version}|${platform}`])
  expect(row.device.platform).toBe(runs)
  expect(row.problems).toEqual([])
})

test('a word for two platforms leaves the platform open', () => {
  const row = first(['Serial|Platform', 'C39VC0|iOS/iPadOS'])
  expect(row.device.platform).toBeUndefined()
  expect(row.openPlatform).toBe('iOS/iPadOS')
})

test('the values decide the meaning of an ambiguous header', () => {
  const keys = (lines: string[]) => read(lines).columns.map(({ key }) => key)
  expect(keys(['Product name', 'iPad7,5'])).toEqual(['modelIdentifier'])
  expect(keys(['Product name', 'iPhone OS'])).toEqual([undefined])
  expect(keys(['Model|Model identifier', 'iPad7,5|iPad7,5'])).toEqual([
    'modelName',
    'modelIdentifier',
  ])
  expect(keys(['uuid', '00008020-00AA11BB22CC33DD'])).toEqual(['enrollmentId'])
  expect(keys(['uuid', 'b9e6f1a0-0000-4000-8000-000000000000'])).toEqual([undefined])
})

test('of several columns with one meaning one is used, and the others are reported with it', () => {
  const { columns, rows } = read(['hostname|Device name', 'a.local|Lab 1'])
  expect(columns).toMatchObject([{ insteadOf: 'Device name' }, { key: 'name' }])
  expect(rows[0]?.device.name).toBe('Lab 1')
})

test('two different serials in a row are refused', () => {
  expect(first(['Serial|Serial number', 'C39VC0|C39VC1']).problems).toMatchObject([
    { column: 'Serial number', text: 'C39VC1' },
  ])
  expect(first(['Serial|Serial number', 'C39VC0|c39vc0']).problems).toEqual([])
})

test('a person’s mapping comes first, and columns they leave out stay out', () => {
  const mapping = { [folded('Gerät')]: 'name', [folded('Name')]: 'leaveOut' }
  const row = first(['Gerät|Name', 'Lab 1|other'], { mapping })
  expect(row.device).toEqual({ name: 'Lab 1' })
})

test('more free than total capacity is refused with its column', () => {
  const row = first(['Available space|Capacity', '70 GB|64 GB'])
  expect(row.problems).toMatchObject([{ column: 'Available space' }])
})

test('missing cells at the end of a row are empty; a row with too many cells is refused', () => {
  expect(first(['Serial|Name|Location', 'C39VC0|Lab 1']).problems).toEqual([])
  expect(first(['Serial|Name', 'C39VC0|Lab 1||']).problems).toEqual([])
  expect(first(['Serial|Name', 'C39VC0|Lab 1|x']).problems).toMatchObject([
    { column: 'the whole row' },
  ])
})

test('an open question of a file is asked once, and the answer applies to every row', () => {
  const lines = ['Serial|Last seen|Battery', 'C39VC0|1/2/2026 10:00|1', 'C39VC1|3/2/2026 10:00|0']
  const asked = read(lines).questions.map(({ choice }) => choice)
  expect(asked).toEqual(['batteryUnit', 'timeZone', 'dayOrder'])
  const choices = { batteryUnit: 'percent', timeZone: 'UTC', dayOrder: 'monthFirst' } as const
  expect(read(lines, { choices }).rows).toMatchObject([
    { readAt: new Date('2026-01-02T10:00:00Z'), readings: [{ value: 0.01 }], problems: [] },
    { problems: [{ reason: 'This is in the future.' }] },
  ])
})

test('readings without a time have an unknown age, unless the file is given one', () => {
  expect(read(['Serial|Battery', 'C39VC0|50'])).toMatchObject({
    ageUnknown: true,
    questions: [{ choice: 'readAt' }],
  })
  const readAt = new Date('2026-03-01T00:00:00Z')
  expect(first(['Serial|Battery', 'C39VC0|50'], { choices: { readAt } }).readAt).toEqual(readAt)
})

test('a cell that looks like a formula stays text, and ="…" is its content', () => {
  expect(first(['Name', '=HYPERLINK("http://x";"y")']).device.name).toBe(
    '=HYPERLINK("http://x";"y")',
  )
  expect(first(['Serial|Name', `="0012345"|'=SUM(1)`]).device).toMatchObject({
    serial: '0012345',
    name: '=SUM(1)',
  })
})

test('an enrollment ID is never trimmed silently', () => {
  const row = first(['Enrollment ID', `${'a'.repeat(40)} `])
  expect(row.device.enrollmentId).toBeUndefined()
  expect(row.problems).toMatchObject([{ column: 'Enrollment ID' }])
})
