import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { productVersionUnderstood } from './q07-product-version-understood'

const cases: [what: string, change: Change, verdict: string][] = [
  ['a key only', {}, 'pass'],
  ['a key only, OS unknown', { without: ['osVersion'] }, 'pass'],
  [
    'a version on 11.3',
    {
      slot: { installAction: 'Default', productVersion: '11.4' },
      device: { platform: 'iOS' },
      values: { osVersion: '11.3' },
    },
    'pass',
  ],
  [
    'a version on 11.2.6',
    {
      slot: { installAction: 'Default', productVersion: '11.4' },
      device: { platform: 'iOS' },
      values: { osVersion: '11.2.6' },
    },
    'fail',
  ],
  [
    'key and version on 11.2.6',
    {
      slot: { installAction: 'Default', productKey: 'iOSUpdate15F79', productVersion: '11.4' },
      device: { platform: 'iOS' },
      values: { osVersion: '11.2.6' },
    },
    'fail',
  ],
  [
    'a version on 11.10',
    {
      slot: { installAction: 'Default', productVersion: '12.0' },
      device: { platform: 'iOS' },
      values: { osVersion: '11.10' },
    },
    'pass',
  ],
  [
    'a version on tvOS 12.2',
    {
      slot: { installAction: 'Default', productVersion: '12.3' },
      device: { platform: 'tvOS' },
      values: { osVersion: '12.2' },
    },
    'pass',
  ],
  [
    'a version on tvOS 12.1.1',
    {
      slot: { installAction: 'Default', productVersion: '12.3' },
      device: { platform: 'tvOS' },
      values: { osVersion: '12.1.1' },
    },
    'fail',
  ],
  [
    'a version, OS unknown',
    { slot: { installAction: 'Default', productVersion: '11.4' }, without: ['osVersion'] },
    'unknown',
  ],
  ['nothing named', { slot: { installAction: 'Default' } }, 'notApplicable'],
]

test.each(cases)('Q7 naming the target: %s', (_, change, verdict) => {
  expect(judge(productVersionUnderstood, change).verdict).toBe(verdict)
})

test('Q7 naming the target: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(productVersionUnderstood, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
