import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { printText } from '@/lib/domain/reading/usb-print'
import { readUsbPrint } from './read-usb-print'

const folder = path.join(import.meta.dirname, 'testdata', 'usb')
const read = (name: string) =>
  readUsbPrint(printText(readFileSync(path.join(folder, name))) ?? 'not a text')

const factsOf = (name: string) => {
  const print = read(name)
  if ('reason' in print) throw new Error(print.reason)
  return print.parts.map(({ facts }) => facts)
}

const ipad = {
  udid: '00008110-000A1B2C3D4E5F60',
  serial: 'TESTSERIAL07',
  model: 'iPad14,1',
  osVersion: '26.6',
  humanVersion: '26.6',
  osBuild: '23G71',
}
const battery = { batteryPercent: 80, charging: false, externalPower: true }
const disk = { totalBytes: 128e9, freeBytes: 30.7e9, freeableBytes: 69.7e9 }

test.each([
  ['ideviceinfo-default.plist', [{ ...ipad, clock: 1781267207.8724, locked: false }]],
  ['pymobiledevice3-lockdown-info.json', [{ ...ipad, clock: 1781267207.8724, locked: false }]],
  [
    'ideviceinfo-unpaired-simple.plist',
    [{ udid: ipad.udid, model: 'iPad14,1', osVersion: '26.6' }],
  ],
  ['battery.plist', [battery]],
  ['battery-utf16le-bom.plist', [battery]],
  ['pymobiledevice3-lockdown-get-battery.json', [battery]],
  ['disk_usage.plist', [disk]],
  ['pymobiledevice3-lockdown-get-disk_usage.json', [disk]],
  ['chaperone.plist', [{ chaperoned: true }]],
  ['pymobiledevice3-cloud-configuration.json', [{ supervised: true }]],
  [
    'pymobiledevice3-battery-single.json',
    [{ batteryPercent: 80, externalPower: true, clock: 1781267190 }],
  ],
  // Both in mAh: 1275 of 1290.
  [
    'pymobiledevice3-battery-single-mAh-old.json',
    [{ batteryPercent: 99, externalPower: true, clock: 1781267190 }],
  ],
  ['empty-domain.plist', [{}]],
  ['wireless_lockdown.plist', [{}]],
  ['software_behavior.plist', [{}]],
  ['internal.plist', [{}]],
  ['international.plist', [{}]],
  ['itunes-negative-int.plist', [{}]],
])('%s', (name, facts) => {
  expect(factsOf(name)).toEqual(facts)
})

test('three documents in one file are three parts', () => {
  const parts = factsOf('concatenated-3-documents.plist')
  expect(parts).toHaveLength(3)
  expect(parts[0]).toMatchObject({ udid: ipad.udid, osBuild: '23G71' })
})

test('cfgutil: one part per device, and what it could not get is no device', () => {
  const [first, second] = factsOf('cfgutil-get.json')
  expect(first).toEqual({
    ...ipad,
    osSupplementalBuild: '23G71',
    ...{ batteryPercent: 100, charging: false, supervised: false },
    ...{ totalBytes: 64e9, freeBytes: 50790000640 },
  })
  expect(second).toMatchObject({ serial: 'TESTSERIAL08', supervised: true, batteryPercent: 53 })
  expect(factsOf('cfgutil-get.json')).toHaveLength(2)
})

test.each([
  ['empty-output.plist', /empty.*did not say/],
  ['stdout-error-1.3.0.plist', /error and no state: “ERROR: No device found!”/],
  ['merged-stderr.plist', /2>&1/],
  ['battery-single-key.plist', /single value.*-k/],
  ['ideviceinfo-default.txt', /Print it with -x/],
  ['itunes-negative-int.txt', /no document/],
  ['cfgutil-error.json', /cfgutil printed an error.*No devices found/],
])('%s is refused with what to do', (name, reason) => {
  expect(read(name)).toMatchObject({ reason: expect.stringMatching(reason) })
})

test('every sample is read or refused here', () => {
  const named = readFileSync(import.meta.filename, 'utf8')
  const missing = readdirSync(folder).filter((file) => !named.includes(`'${file}'`))
  expect(missing).toEqual([])
})

test('a list without device, a progress line, and a cut document', () => {
  expect(read('cfgutil-list-none.json')).toEqual({ parts: [] })
  expect(factsOf('cfgutil-list.json')).toEqual([{ udid: ipad.udid, model: 'iPad14,1' }])
  expect(readUsbPrint('{"Type":"Progress"}\n{"Type":"CommandOutput","Output":{}}')).toEqual({
    parts: [],
  })
  expect(readUsbPrint('{"UniqueDeviceID":"a}"')).toMatchObject({ reason: /its end is missing/ })
  expect(readUsbPrint('<?xml version="1.0"?><plist><dict>')).toMatchObject({
    reason: /its end is missing/,
  })
  expect(readUsbPrint('{"a": nope}')).toEqual({
    reason: 'One document begins like JSON and is none.',
  })
  expect(printText(Uint8Array.of(0xc3, 0x28))).toBeUndefined()
})

test('nothing personal is kept: no name, number, address, account or place', () => {
  for (const name of [
    'ideviceinfo-default.plist',
    'pymobiledevice3-lockdown-info.json',
    'cfgutil-get.json',
  ])
    expect(JSON.stringify(factsOf(name))).not.toMatch(/Lab|02:00|MADEUP|Etc|Example|hex|wifi/i)
})

test.each([
  ['a percentage above 100', { BatteryCurrentCapacity: 180 }],
  ['a text for a number', { BatteryCurrentCapacity: '80' }],
  ['a counter that wrapped around', { AmountDataAvailable: 2 ** 64 - 44_351_638_628 }],
  ['a number for yes', { ExternalConnected: 1 }],
  ['a build that is none', { BuildVersion: 'yes' }],
])('%s is not used, and said', (_, values) => {
  const print = readUsbPrint(JSON.stringify(values))
  const [part] = 'parts' in print ? print.parts : []
  expect(part?.facts).toEqual({})
  expect(part?.problems).toEqual([expect.stringMatching(/is expected, so it is not used/)])
})
