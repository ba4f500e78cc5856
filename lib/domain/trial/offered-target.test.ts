import { expect, test } from 'vitest'
import { describeSlotAmong } from './offered-target'
import type { CommandSlotPlan } from './protocol'

const offers = [
  { productKey: 'iOSUpdate16B92', build: '16B92', version: '12.1' },
  { productKey: 'iOSUpdate15G77', build: '15G77', version: '11.4.1' },
]
const byKey: CommandSlotPlan = { installAction: 'Default', productKey: 'iOSUpdate16B92' }

test.each([
  ['a key that is offered', byKey, offers, '12.1 (iOSUpdate16B92)'],
  [
    'a key whose offer has no version',
    byKey,
    [{ productKey: 'iOSUpdate16B92', build: '16B92' }],
    'iOSUpdate16B92',
  ],
  ['a key that is not offered', byKey, offers.slice(1), 'iOSUpdate16B92'],
  [
    'a key under which two versions were offered',
    byKey,
    [...offers, { productKey: 'iOSUpdate16B92', build: '16B92', version: '12.1.1' }],
    'iOSUpdate16B92',
  ],
  ['a key whose offer says the same twice', byKey, [...offers, ...offers], '12.1 (iOSUpdate16B92)'],
  ['a version', { installAction: 'Default', productVersion: '12.1' } as const, offers, '12.1'],
  ['nothing', { installAction: 'Default' } as const, offers, 'whatever is offered'],
])('a command that names %s is described in words that claim no more', (_, slot, among, named) => {
  expect(describeSlotAmong(slot, among)).toBe(`InstallAction Default for ${named}`)
})
