import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { supervised } from './q02-supervised'

const cases: [what: string, change: Change, verdict: string][] = [
  ['supervised', {}, 'pass'],
  ['not supervised', { values: { supervised: false } }, 'fail'],
  ['never read', { without: ['supervised'] }, 'unknown'],
  ['stale', { stale: ['supervised'] }, 'unknown'],
]

test.each(cases)('Q2 supervised: %s', (_, change, verdict) => {
  expect(judge(supervised, change).verdict).toBe(verdict)
})

test('Q2 supervised: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(supervised, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
