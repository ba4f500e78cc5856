import { expect, test } from 'vitest'
import { payloadCapture } from './captures.testing'
import { readCheckinPlist } from './checkin'
import { readPlist } from './plist/plist'

const read = (bytes: Uint8Array) => {
  const plist = readPlist(bytes)
  if (!plist.ok) throw new Error(plist.reason)
  return readCheckinPlist(plist.value)
}
const capture = (name: string) => read(payloadCapture(`webhook-${name}.json`))
const xml = (inside: string) =>
  read(new TextEncoder().encode(`<plist version="1.0">${inside}</plist>`))

test('Authenticate tells what the device is and runs', () => {
  expect(capture('filekv-01-mdm.Authenticate')).toEqual({
    kind: 'Authenticate',
    udid: 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2',
    osVersion: '10.3.3',
    osBuild: '14G60',
    productName: 'iPhone8,1',
    serial: 'FTDMC2JPRZLF',
    imei: '35 000000 111111 0',
    oddities: [],
  })
})

test('TokenUpdate tells whether the device still waits in Setup Assistant', () => {
  expect(capture('filekv-01-mdm.TokenUpdate')).toMatchObject({
    kind: 'TokenUpdate',
    awaitingConfiguration: false,
  })
})

test('CheckOut names the device and no more', () => {
  expect(capture('filekv-01-mdm.CheckOut')).toEqual({
    kind: 'CheckOut',
    udid: 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2',
    oddities: [],
  })
})

test.each([
  ['blank', ' ', ' '],
  ['a build and small letters', '16B92', '16b92'],
  ['padded', '12.01', '16B92.'],
  ['longer than any', '1'.repeat(500), '16B92'.repeat(100)],
])('an OS that is %s is unknown, and noted', (_, version, build) => {
  const checkin = xml(
    `<dict><key>MessageType</key><string>Authenticate</string><key>OSVersion</key><string>${version}</string>` +
      `<key>BuildVersion</key><string>${build}</string></dict>`,
  )
  expect(checkin).not.toHaveProperty('osVersion')
  expect(checkin).not.toHaveProperty('osBuild')
  expect(checkin?.oddities.map(({ path }) => path)).toEqual(['OSVersion', 'BuildVersion'])
})

test('names are kept on one line, and a blank one is none', () => {
  const checkin = xml(
    '<dict><key>MessageType</key><string>Authenticate</string><key>SerialNumber</key><string> </string>' +
      '<key>ProductName</key><string> iPad7,5\n</string><key>DeviceName</key><string>Cart&#10;4</string></dict>',
  )
  expect(checkin).toMatchObject({ productName: 'iPad7,5', deviceName: 'Cart 4' })
  expect(checkin).not.toHaveProperty('serial')
})

test("mdmb's Authenticate tells the device's name and no OS", () => {
  const checkin = capture('mdmb-Authenticate')
  expect(checkin).toMatchObject({ deviceName: "41WPP05KNDG8's Computer", serial: '41WPP05KNDG8' })
  expect(checkin).not.toHaveProperty('osVersion')
})

test('a value of another type is left out, and its key path is named', () => {
  const odd =
    '<dict><key>MessageType</key><string>Authenticate</string><key>OSVersion</key><real>11.4</real></dict>'
  expect(xml(odd)).toEqual({
    kind: 'Authenticate',
    oddities: [{ path: 'OSVersion', note: expect.stringContaining('string') }],
  })
})

test.each([
  '<dict/>',
  '<array/>',
  '<dict><key>MessageType</key><string>GetToken</string></dict>',
  '<dict><key>MessageType</key><true/></dict>',
])('%s is no check-in of a kind the lab uses', (inside) => {
  expect(xml(inside)).toBeUndefined()
})
