import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { startingStateUnspent } from './q15-starting-state-unspent'

const cases: [what: string, change: Change, verdict: string][] = [
  ['never tried', {}, 'pass'],
  ['spent at this build', { device: { spentBuilds: ['15D100'] } }, 'fail'],
  ['spent at another build', { device: { spentBuilds: ['15C153', '15D1000'] } }, 'pass'],
  ['build never read', { without: ['osBuild'] }, 'unknown'],
  ['build stale', { stale: ['osBuild'] }, 'unknown'],
  ['held', { device: { heldBecause: 'kept for 11.4.2' } }, 'fail'],
  ['reserved by another', { device: { reservedBy: 'trial 7' } }, 'fail'],
  ['retired', { device: { retired: true } }, 'fail'],
  ['held, and the build not known', { device: { heldBecause: 'x' }, without: ['osBuild'] }, 'fail'],
]

test.each(cases)('Q15 unspent: %s', (_, change, verdict) => {
  expect(judge(startingStateUnspent, change).verdict).toBe(verdict)
})

test('Q15 unspent: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { because, remedy } = judge(startingStateUnspent, change)
    expect(because, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
