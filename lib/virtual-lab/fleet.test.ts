import { expect, test } from 'vitest'
import { enrollmentIdProblem } from '@/lib/mdm/enrollment'
import { freshFleet, listFleetSeeds } from './fleet'
import { offersNow } from './virtual-device'

const fleet = freshFleet()

test('the demo has twelve devices of the versions the trials are about', () => {
  expect(fleet.map(({ platform, osVersion }) => `${platform} ${osVersion}`)).toEqual([
    'iOS 10.3.3',
    'iOS 11.1',
    'iOS 11.2',
    'iOS 11.2.6',
    'iOS 11.3',
    'iOS 11.3.1',
    'iOS 11.4',
    'iOS 11.4.1',
    'iOS 12.0.1',
    'iPadOS 18.6',
    'iOS 26.5',
    'tvOS 18.5',
  ])
})

test('among them are a low battery, a full disk, an unsupervised device and passcodes', () => {
  expect(fleet.filter(({ batteryLevel }) => batteryLevel === 0.18)).toHaveLength(1)
  expect(fleet.filter(({ supervised }) => !supervised)).toMatchObject([{ batteryLevel: -1 }])
  expect(fleet.filter(({ passcode }) => passcode).length).toBeGreaterThan(2)
  const full = fleet.filter(({ freeBytes, offers }) =>
    offers.some((offer) => freeBytes < offer.downloadBytes + offer.installBytes),
  )
  expect(full).toHaveLength(1)
})

test('every device has its own names and something newer to install', () => {
  for (const name of ['enrollmentId', 'serial', 'labTag'] as const)
    expect(new Set(fleet.map((device) => device[name])).size).toBe(12)
  for (const device of fleet) {
    expect(enrollmentIdProblem(device.enrollmentId)).toBeUndefined()
    expect(device.serial).toMatch(/^[A-Z0-9]{12}$/)
    expect(offersNow(device)).toHaveLength(1)
  }
})

test('UDIDs are 40 lower-case digits on old devices and dashed upper case on new ones', () => {
  expect(fleet.find(({ labTag }) => labTag === 'B-01')?.enrollmentId).toMatch(/^[0-9a-f]{40}$/)
  expect(fleet.find(({ labTag }) => labTag === 'B-11')?.enrollmentId).toMatch(
    /^[0-9A-F]{8}-[0-9A-F]{16}$/,
  )
})

test('the seed of the inventory tells what no device tells', () => {
  expect(listFleetSeeds()).toHaveLength(12)
  expect(listFleetSeeds()[11]).toMatchObject({ labTag: 'B-12', platform: 'tvOS', network: 'wired' })
})
