import { expect, test } from 'vitest'
import { columnOf } from './import-column'
import { inapplicable, readImportRow } from './import-row'

const now = new Date('2026-03-02T09:00:00Z')
const read = (cells: Record<string, string>) =>
  readImportRow(Object.keys(cells).map(columnOf), Object.values(cells), now)

test('an empty cell says nothing', () => {
  expect(read({ Name: '', Battery: ' ', Location: 'Shelf 2' })).toEqual({
    device: { location: 'Shelf 2' },
    readings: [],
    problems: [],
  })
})

test('a battery of 50 is read as 0.50, and "unknown" as not known', () => {
  expect(read({ Battery: '50', Passcode: 'unknown' }).readings).toEqual([
    { field: 'batteryLevel', value: 0.5 },
    { field: 'passcodePresent', value: undefined },
  ])
})

test('a cell that looks like a formula stays the text it is', () => {
  const text = '=HYPERLINK("http://x";"y")'
  expect(read({ Name: text }).device.name).toBe(text)
})

test('an enrollment ID is never trimmed in silence', () => {
  const row = read({ 'Enrollment ID': `${'a'.repeat(40)} ` })
  expect(row.device.enrollmentId).toBeUndefined()
  expect(row.problems).toMatchObject([{ column: 'Enrollment ID' }])
})

test('every bad cell of a row is named with its accepted form', () => {
  const row = read({ Platform: 'macOS', Battery: '150', 'OS version': 'new', Serial: 'a b' })
  expect(row.problems.map(({ column }) => column)).toEqual([
    'Platform',
    'Battery',
    'OS version',
    'Serial',
  ])
  expect(row.problems.every(({ accepted }) => accepted !== '')).toBe(true)
})

test.each(['2026-03-02 09:00', '02.03.2026', '2026-02-30T25:00Z', '2026-03-02T09:00:01Z'])(
  'a reading time "%s" is refused: without a zone, impossible or in the future',
  (text) => {
    const row = read({ 'Read at': text })
    expect(row.readAt).toBeUndefined()
    expect(row.problems).toMatchObject([{ column: 'Read at' }])
  },
)

test('a reading time keeps its moment', () => {
  expect(read({ 'Read at': '2026-03-02 10:30+02:00' }).readAt).toEqual(
    new Date('2026-03-02T08:30:00Z'),
  )
})

test('a row with a cell too many or too few is bad as a whole', () => {
  const row = readImportRow([columnOf('Name'), columnOf('Serial')], ['a', 'C39VC0', 'x'], now)
  expect(row.problems).toMatchObject([{ column: 'the whole row' }])
})

test('a battery on an Apple TV is no reading', () => {
  expect(inapplicable(read({ Battery: '0.5' }), 'tvOS')).toHaveLength(1)
  expect(inapplicable(read({ Battery: '0.5' }), 'iOS')).toHaveLength(0)
})
