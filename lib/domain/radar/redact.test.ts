import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { isCommonName, redactIdentifiers } from './redact'

const known = [
  { text: 'F9FX1234ABCD', word: 'serial number' },
  { text: 'Erin', word: 'name' },
  { text: 'Erin Example', word: 'name' },
]

test.each([
  ['serial f9fx1234abcd of Erin Example', 'serial [serial number] of [name]'],
  ['Erin’s device, not Erinys', '[name]’s device, not Erinys'],
  ['0123456789abcdef0123456789abcdef01234567', '[UDID]'],
  ['00008027-001C2D3E4F50002E', '[UDID]'],
  ['a1b2c3d4-0000-4000-8000-0123456789ab', '[UUID]'],
  ['35 824005 111111 0', '[IMEI]'],
  ['358240051111110', '[IMEI]'],
  ['89014103211118510720', '[ICCID]'],
  ['call +49 (30) 901820-11', 'call [phone number]'],
  ['a4:83:e7:00:11:22', '[MAC address]'],
  ['erin.b+x@lab.example', '[mail address]'],
  ['Authorization: Bearer abc.def-123456', 'Authorization: [token]'],
  ['oneway_0123456789abcdef', '[token]'],
])('%s becomes %s', (text, shown) => {
  expect(redactIdentifiers(text, known)).toBe(shown)
})

test.each([
  'iOS 11.3 (15E216) on iPad7,5',
  'DeviceManagement.error 2213 over com.apple.softwareupdateservices.errors 3',
  'radar 45414737, issue 20593, 2018-10-19T12:00:00Z',
  '<key>DownloadSize</key><integer>2147483648</integer>',
])('what identifies nobody stays: %s', (text) => {
  expect(redactIdentifiers(text, known)).toBe(text)
})

test('in a plist the value of an identifying key is replaced whatever it looks like', () => {
  const xml =
    '<key>SerialNumber</key>\n<string>ABC</string><key>PhoneNumber</key><string>555 12 34</string><key>Status</key><string>Error</string>'
  expect(redactIdentifiers(xml)).toBe(
    '<key>SerialNumber</key>\n<string>[SerialNumber]</string><key>PhoneNumber</key><string>[PhoneNumber]</string><key>Status</key><string>Error</string>',
  )
})

test('no listed identifier is left, and a second pass changes nothing', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9.+*()$-]{4,20}$/)
  fc.assert(
    fc.property(word, fc.string(), (text, around) => {
      const shown = redactIdentifiers(`${around} ${text} ${around}`, [{ text, word: 'x' }])
      expect(shown.split(/\s/)).not.toContain(text)
      expect(redactIdentifiers(shown, [{ text, word: 'x' }])).toBe(shown)
    }),
  )
})

test.each([
  ...[
    'iPhone',
    'iphone se',
    'iPhone X',
    'iPhone XS Max',
    'iPhone 14 Pro Max',
    'iPhone 5s',
    'iPhone8,1',
  ],
  ...['iPad', 'iPad Pro 12.9-inch (2nd generation)', 'iPad mini 4', 'iPod touch', 'Apple TV 4K'],
  ...['iOS', 'iOS 12.1', 'tvOS'],
])('the name of a model or an OS says nothing of one device: %s', (name) => {
  expect(isCommonName(name)).toBe(true)
})

test.each([
  ...['Erin’s iPhone', 'iPhone Max', 'Max', 'iPhone of Max', 'iPhone 123', 'Pro', 'iPhone-Lab-3'],
  ...['Red phone', 'Apple', '12.1', 'iPad Berlin', ''],
])('any other name may: %s', (name) => {
  expect(isCommonName(name)).toBe(false)
})
