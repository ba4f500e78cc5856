import { expect, test } from 'vitest'
import { importColumns } from './columns'
import { matchHeader, suggestColumn } from './headers'
import { folded } from './words'

const keyOf = (header: string) => matchHeader(header)[0]?.known.key

test.each([
  ['Lab tag', 'labTag'],
  ['lab_tag', 'labTag'],
  ['ASSET-TAG', 'labTag'],
  ['UDID', 'enrollmentId'],
  ['Serial\nNumber', 'serial'],
  ['hardware_serial', 'serial'],
  ['Model', 'modelIdentifier'],
  ['OS version', 'osVersion'],
  ['ProductVersion', 'osVersion'],
  ['battery', 'batteryLevel'],
  ['Automatic updates off', 'automaticUpdatesOff'],
  ['Last Inventory Update', 'readAt'],
])('the header "%s" can be %s', (header, key) => {
  expect(matchHeader(header).map(({ known }) => known.key)).toContain(key)
})

test.each([
  ['Free disk (GB)', 'freeCapacity', 'GB'],
  ['capacity_mb', 'totalCapacity', 'MB'],
  ['Available Space MB', 'freeCapacity', 'MB'],
  ['Battery level (%)', 'batteryLevel', '%'],
  ['gigs_total_disk_space', 'totalCapacity', 'GB'],
])('the header "%s" names its unit', (header, key, unit) => {
  expect(matchHeader(header)[0]).toMatchObject({ known: { key }, unit })
})

test.each(['Automatic updates', 'Passcode Status', 'PasswordProtected', 'created_at', 'Colour'])(
  'the header "%s" means nothing to an import',
  (header) => {
    expect(keyOf(header)).toBeUndefined()
  },
)

test('no header means two columns, unless its values distinguish them', () => {
  const plain = importColumns.flatMap(({ key, label, aliases }) =>
    [...new Set([label, key, ...aliases].map(folded))].map((header) => ({ header, key })),
  )
  const twice = plain.filter(({ header }, at) =>
    plain.some((o, i) => i !== at && o.header === header),
  )
  expect(twice).toEqual([])
})

test('for a misspelt header a column is suggested', () => {
  expect(suggestColumn('Battry')?.label).toBe('Battery')
  expect(suggestColumn('Seriell number')?.label).toBe('Serial')
  expect(suggestColumn('Seiral number')?.label).toBe('Serial')
  expect(suggestColumn('Asset tga')?.label).toBe('Lab tag')
  expect(suggestColumn('Colour')).toBeUndefined()
})

// Columns in exports of Fleet, Snipe-IT, Jamf and Intune without a meaning here.
test.each([
  ...['code_name', 'team_name', 'orbit_version', 'osquery_version', 'hardware_version', 'uptime'],
  ...['Site Name', 'Tags', 'Owned', 'Mode', 'Modem', 'Status', 'Part number', 'Order Number'],
  ...['Device', 'Device state', 'Device group', 'Users', 'Type', 'State', 'Vendor', 'Carrier'],
])('a column with another meaning is not taken for a misspelling: %s', (header) => {
  expect(suggestColumn(header)).toBeUndefined()
})
