import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { notASecurityResponse } from './q08-not-a-security-response'

const cases: [what: string, change: Change, verdict: string][] = [
  ['an OS before there were any', {}, 'pass'],
  [
    '18.6, said to be none',
    {
      slot: { installAction: 'Default', productKey: 'k' },
      values: {
        osVersion: '18.6',
        availableUpdates: [{ productKey: 'k', version: '18.7', securityResponse: false }],
      },
    },
    'pass',
  ],
  [
    '18.6, said to be one',
    {
      slot: { installAction: 'Default', productKey: 'k' },
      values: {
        osVersion: '18.6',
        availableUpdates: [{ productKey: 'k', version: '18.7', securityResponse: true }],
      },
    },
    'fail',
  ],
  [
    '18.6, not said',
    {
      slot: { installAction: 'Default', productKey: 'k' },
      values: { osVersion: '18.6', availableUpdates: [{ productKey: 'k', version: '18.7' }] },
    },
    'unknown',
  ],
  [
    '16.1, not said',
    {
      slot: { installAction: 'Default', productKey: 'k' },
      values: { osVersion: '16.1', availableUpdates: [{ productKey: 'k', version: '18.7' }] },
    },
    'pass',
  ],
  [
    '16.2, not said',
    {
      slot: { installAction: 'Default', productKey: 'k' },
      values: { osVersion: '16.2', availableUpdates: [{ productKey: 'k', version: '18.7' }] },
    },
    'unknown',
  ],
  ['offers never asked', { without: ['availableUpdates'] }, 'unknown'],
  ['not said, OS unknown', { without: ['osVersion'] }, 'unknown'],
  [
    'target not offered',
    { slot: { installAction: 'Default', productKey: 'iOSUpdate15F79' } },
    'notApplicable',
  ],
]

test.each(cases)('Q8 no security response: %s', (_, change, verdict) => {
  expect(judge(notASecurityResponse, change).verdict).toBe(verdict)
})

test('Q8 no security response: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(notASecurityResponse, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
