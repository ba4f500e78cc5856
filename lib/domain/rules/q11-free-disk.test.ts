import { expect, test } from 'vitest'
import { type Change, declared, judge } from '../testing'
import { freeDisk } from './q11-free-disk'

const cases: [what: string, change: Change, verdict: string][] = [
  ['a declaration of what is offered', declared, 'pass'],
  [
    'a declaration of what the device does not offer',
    { ...declared, values: { ...declared.values, availableUpdates: [] } },
    'unknown',
  ],
  [
    'a declaration on 27, which reports no sizes',
    { ...declared, values: { ...declared.values, osVersion: '27.0' } },
    'unknown',
  ],
  [
    'a declaration on 27 with a condition of its own',
    {
      ...declared,
      values: { ...declared.values, osVersion: '27.0' },
      conditions: { freeBytes: { min: 10_000_000_000 } },
    },
    'pass',
  ],
  ['15.47 of whatever free', {}, 'pass'],
  ['exactly what is needed', { values: { freeCapacity: 1.762631447 } }, 'pass'],
  ['one byte less', { values: { freeCapacity: 1.762631446 } }, 'fail'],
  ['enough in GiB but not in GB', { values: { freeCapacity: 1.7 } }, 'fail'],
  [
    'a larger margin',
    { values: { freeCapacity: 1.8 }, settings: { diskMarginBytes: 2e9 } },
    'fail',
  ],
  ['never read', { without: ['freeCapacity'] }, 'unknown'],
  ['stale', { stale: ['freeCapacity'] }, 'unknown'],
  ['a negative capacity', { values: { freeCapacity: -1 } }, 'unknown'],
  ['not a number', { values: { freeCapacity: Number.NaN } }, 'unknown'],
  ['offers never asked', { without: ['availableUpdates'] }, 'unknown'],
  [
    'a size left out',
    {
      values: {
        availableUpdates: [{ productKey: 'iOSUpdate15G77', version: '11.4.1', downloadBytes: 1 }],
      },
    },
    'unknown',
  ],
  [
    'target not offered',
    { slot: { installAction: 'Default', productKey: 'iOSUpdate15F79' } },
    'unknown',
  ],
  [
    'the protocol wants a full disk, and it is',
    { values: { freeCapacity: 0.2 }, conditions: { freeBytes: { max: 5e8 } } },
    'pass',
  ],
  [
    'the protocol wants a full disk, and it is not',
    { conditions: { freeBytes: { max: 5e8 } } },
    'fail',
  ],
  ['the protocol wants more than there is', { conditions: { freeBytes: { min: 20e9 } } }, 'fail'],
  [
    "the protocol's own bounds need no offers",
    { conditions: { freeBytes: { min: 1e9 } }, without: ['availableUpdates'] },
    'pass',
  ],
  [
    'a range left empty replaces nothing',
    { values: { freeCapacity: 0.2 }, conditions: { freeBytes: {} } },
    'fail',
  ],
  [
    "the protocol's own, never read",
    { conditions: { freeBytes: { max: 5e8 } }, without: ['freeCapacity'] },
    'unknown',
  ],
]

test.each(cases)('Q11 free disk: %s', (_, change, verdict) => {
  expect(judge(freeDisk, change).verdict).toBe(verdict)
})

test('Q11 free disk: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(freeDisk, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
