import { expect, test } from 'vitest'
import { type Change, judge, testNow } from '../testing'
import { noDeclaration } from './q09-no-declaration'

const cases: [what: string, change: Change, verdict: string][] = [
  ['11.2.6 has none', {}, 'notApplicable'],
  [
    '18.6 without one',
    { device: { platform: 'iOS' }, values: { osVersion: '18.6', activeDeclaration: false } },
    'pass',
  ],
  [
    '18.6 with one',
    { device: { platform: 'iOS' }, values: { osVersion: '18.6', activeDeclaration: true } },
    'fail',
  ],
  [
    '17 with one',
    { device: { platform: 'iOS' }, values: { osVersion: '17', activeDeclaration: true } },
    'fail',
  ],
  [
    '16.7.10',
    { device: { platform: 'iOS' }, values: { osVersion: '16.7.10', activeDeclaration: true } },
    'notApplicable',
  ],
  [
    'tvOS 18.3',
    { device: { platform: 'tvOS' }, values: { osVersion: '18.3', activeDeclaration: true } },
    'notApplicable',
  ],
  [
    'tvOS 18.4 with one',
    { device: { platform: 'tvOS' }, values: { osVersion: '18.4', activeDeclaration: true } },
    'fail',
  ],
  [
    '18.6, never typed',
    { values: { osVersion: '18.6' }, without: ['activeDeclaration'] },
    'unknown',
  ],
  ['OS unknown', { without: ['osVersion'] }, 'unknown'],
]

const own = (seen?: { own: string[]; others: string[] }): Change => ({
  device: {
    platform: 'iOS',
    trialDeclarations: {
      released: ['lab.oneway.a.enforce'],
      seen: seen && { ...seen, at: testNow },
    },
  },
  values: { osVersion: '18.6', activeDeclaration: true },
})

const unnamed: Change = {
  ...own({ own: ['lab.oneway.a.enforce'], others: [] }),
  device: {
    ...own({ own: ['lab.oneway.a.enforce'], others: [] }).device,
    declarations: [
      { identifier: 'lab.oneway.a.enforce', own: true },
      { identifier: undefined, own: false },
    ],
  },
}

const ofTrial: [what: string, change: Change, verdict: string][] = [
  ['its own is active', own({ own: ['lab.oneway.a.enforce'], others: [] }), 'pass'],
  ['its own is not active yet', own({ own: [], others: [] }), 'pass'],
  ['a stranger beside it', own({ own: ['lab.oneway.a.enforce'], others: ['x.y'] }), 'fail'],
  ['only a stranger', own({ own: [], others: ['x.y'] }), 'fail'],
  ['not reported yet', own(), 'unknown'],
  ['one that the device does not name', unnamed, 'fail'],
]

test('a command that would find no declaration yet is warned about', () => {
  const { warning } = judge(noDeclaration, own({ own: [], others: [] }))
  expect(warning).toContain('as if there were none')
})

test.each(ofTrial)('Q9 after a declaration of the trial: %s', (_, change, verdict) => {
  expect(judge(noDeclaration, change).verdict).toBe(verdict)
})

test.each(cases)('Q9 no declaration: %s', (_, change, verdict) => {
  expect(judge(noDeclaration, change).verdict).toBe(verdict)
})

test('Q9 no declaration: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(noDeclaration, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
