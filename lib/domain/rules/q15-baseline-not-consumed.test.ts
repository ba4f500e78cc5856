import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { baselineNotConsumed } from './q15-baseline-not-consumed'
import type { ConsumedStart } from './rule'

const at = (build: string, but: Partial<ConsumedStart> = {}) => ({ build, trial: 'T-4', ...but })
const plain = at('23D8133', { version: '26.3.1', supplementalBuild: '23D8133' })
const withA = at('23D8133', { version: '26.3.1 (a)', supplementalBuild: '23D771330a' })
const onBase = { osVersion: '26.3.1', osBuild: '23D8133', osSupplementalBuild: '23D8133' }
const onA = { ...onBase, osSupplementalBuild: '23D771330a', osVersionExtra: '(a)' }

const cases: [what: string, change: Change, verdict: string][] = [
  ['never tried', {}, 'pass'],
  ['consumed at this build', { device: { consumed: [at('15D100')] } }, 'fail'],
  ['consumed at another build', { device: { consumed: [at('15C153'), at('15D1000')] } }, 'pass'],
  ['at 26.3.1 (a), consumed at 26.3.1', { values: onA, device: { consumed: [plain] } }, 'pass'],
  ['at 26.3.1, consumed at 26.3.1 (a)', { values: onBase, device: { consumed: [withA] } }, 'pass'],
  ['at 26.3.1 (a), consumed there', { values: onA, device: { consumed: [plain, withA] } }, 'fail'],
  [
    'at 26.3.1 (b), consumed at (a), only versions told',
    {
      values: { osBuild: '23D8133', osVersionExtra: '(b)' },
      device: { consumed: [at('23D8133', { version: '26.3.1 (a)' })] },
    },
    'pass',
  ],
  [
    'the supplement of then was not told',
    { values: onA, device: { consumed: [at('23D8133')] } },
    'fail',
  ],
  [
    'the supplement of now is not told',
    { values: { osBuild: '23D8133' }, device: { consumed: [withA] } },
    'fail',
  ],
  [
    'the supplement of now is stale',
    {
      values: onA,
      stale: ['osSupplementalBuild', 'osVersionExtra'],
      device: { consumed: [plain] },
    },
    'fail',
  ],
  ['build never read', { without: ['osBuild'] }, 'unknown'],
  ['build stale', { stale: ['osBuild'] }, 'unknown'],
  ['reserved by another', { device: { reservedBy: 'trial 7' } }, 'fail'],
  ['retired', { device: { retired: true } }, 'fail'],
  ['retired, and the build not known', { device: { retired: true }, without: ['osBuild'] }, 'fail'],
]

test.each(cases)('Q15 notConsumed: %s', (_, change, verdict) => {
  expect(judge(baselineNotConsumed, change).verdict).toBe(verdict)
})

test('Q15 notConsumed: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(baselineNotConsumed, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
