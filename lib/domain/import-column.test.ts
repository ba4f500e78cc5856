import { expect, test } from 'vitest'
import { columnOf, importColumns } from './import-column'

test.each([
  ['Lab tag', 'labTag'],
  ['lab_tag', 'labTag'],
  ['ASSET-TAG', 'labTag'],
  ['UDID', 'enrollmentId'],
  ['Serial Number', 'serial'],
  ['Model', 'modelName'],
  ['OS version', 'osVersion'],
  ['battery', 'batteryLevel'],
  ['Free disk (GB)', 'freeCapacity'],
  ['Automatic updates off', 'automaticUpdatesOff'],
])('the header "%s" is %s', (header, field) => {
  expect(columnOf(header)?.column).toMatchObject({ field })
})

test('a header whose yes would mean the opposite is not understood', () => {
  expect(columnOf('Automatic updates')).toBeUndefined()
})

test('no header means two columns', () => {
  const folded = importColumns.flatMap(({ label, aliases }) =>
    [label, ...aliases].map((header) => header.toLowerCase().replaceAll(/[^a-z]/g, '')),
  )
  expect(new Set(folded).size).toBe(folded.length)
})

test('every column is found by its own label', () => {
  for (const named of importColumns) expect(columnOf(named.label)).toBe(named)
})
