import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { network } from './q13-network'

const cases: [what: string, change: Change, verdict: string][] = [
  ['named Wi-Fi', {}, 'pass'],
  ['wired', { values: { network: 'wired' } }, 'pass'],
  ['cellular', { values: { network: 'cellular' } }, 'fail'],
  ['none', { values: { network: 'none' } }, 'fail'],
  ['without a name', { values: { networkName: ' ' } }, 'fail'],
  ['captive', { values: { networkCaptive: true } }, 'fail'],
  ['network never typed', { without: ['network'] }, 'unknown'],
  ['name never typed', { without: ['networkName'] }, 'unknown'],
  ['captive never typed', { without: ['networkCaptive'] }, 'unknown'],
  ['stale', { stale: ['network'] }, 'unknown'],
  [
    'the protocol wants cellular, and it is',
    { values: { network: 'cellular' }, conditions: { network: 'cellular' } },
    'pass',
  ],
  ['the protocol wants none, and it is Wi-Fi', { conditions: { network: 'none' } }, 'fail'],
  [
    "the protocol's own, never typed",
    { conditions: { network: 'none' }, without: ['network'] },
    'unknown',
  ],
]

test.each(cases)('Q13 network: %s', (_, change, verdict) => {
  expect(judge(network, change).verdict).toBe(verdict)
})

test('Q13 network: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(network, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
