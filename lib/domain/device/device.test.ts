import { expect, test } from 'vitest'
import { platformOf } from './device'

test.each([
  ['iPad4,1', '11.3.1', 'iOS'],
  ['iPad4,1', '13.0', 'iOS'],
  ['iPad8,1', '13.1', 'iPadOS'],
  ['iPad8,1', '17.6.1', 'iPadOS'],
  ['iPad8,1', '26.3.1 (a)', 'iPadOS'],
  ['iPad8,1', undefined, 'iPadOS'],
  ['iPad8,1', '15G77', 'iPadOS'],
  ['iPhone12,1', '17.0.1', 'iOS'],
  ['iPod9,1', '12.5.5', 'iOS'],
  ['AppleTV6,2', '12.4', 'tvOS'],
  ['Watch3,1', '4.0', undefined],
  [undefined, '12.1', undefined],
])('%s on %s runs %s', (modelIdentifier, osVersion, platform) => {
  expect(platformOf({ modelIdentifier, osVersion })).toBe(platform)
})

test('if model and version leave it open, the platform is that of the inventory', () => {
  expect(platformOf({ modelIdentifier: 'iPad4,1', osVersion: null }, 'iOS')).toBe('iOS')
  expect(platformOf({ modelIdentifier: null, osVersion: '12.5.5' }, 'iPadOS')).toBe('iOS')
  expect(platformOf({ modelIdentifier: null, osVersion: '17.6' }, 'iPadOS')).toBe('iPadOS')
  expect(platformOf({ modelIdentifier: null, osVersion: '17.6' }, 'iOS')).toBe('iOS')
  expect(platformOf({ modelIdentifier: 'Watch3,1', osVersion: '4.0' }, 'tvOS')).toBe('tvOS')
})
