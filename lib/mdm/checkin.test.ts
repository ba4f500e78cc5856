import { expect, test } from 'vitest'
import { payloadCapture } from './captures.testing'
import { readCheckinPlist } from './checkin'
import { readPlist } from './plist'

const read = (bytes: Uint8Array) => {
  const plist = readPlist(bytes)
  if (!plist.ok) throw new Error(plist.because)
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
