import { expect, test } from 'vitest'
import { version } from '../device/os-version'
import { subscribedItems } from './subscribed-items'

const since18 = ['softwareupdate.beta-enrollment', 'softwareupdate.device-id']
const always = [
  ...['device.identifier.serial-number', 'device.identifier.udid', 'device.model.identifier'],
  ...['device.operating-system.build-version'],
  ...['device.operating-system.supplemental.build-version'],
  ...['device.operating-system.supplemental.extra-version', 'device.operating-system.version'],
  ...['management.client-capabilities', 'management.declarations'],
  ...['softwareupdate.failure-reason', 'softwareupdate.install-reason'],
  ...['softwareupdate.install-state', 'softwareupdate.pending-version'],
]

test.each([
  ['iOS', '17.0', always],
  ['iPadOS', '17.7.2', always],
  ['iOS', '18.0', [...always, ...since18]],
  ['iPadOS', '27.0', [...always, ...since18]],
  ['iOS', undefined, always],
  ['tvOS', '18.4', [...always, ...since18]],
  ['tvOS', undefined, [...always, ...since18]],
] as const)('%s %s is subscribed to what Apple documents for it', (platform, os, expected) => {
  const items = subscribedItems(platform, os === undefined ? undefined : version(os))
  expect(items.toSorted()).toEqual(expected.toSorted())
  expect(new Set(items).size).toBe(items.length)
})
