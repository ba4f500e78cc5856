import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { notANamedVersion } from './q05-not-a-named-version'

const cases: [what: string, change: Change, verdict: string][] = [
  ['11.2.6', {}, 'pass'],
  ['11.3', { values: { osVersion: '11.3' } }, 'fail'],
  ['11.3.0 is 11.3', { values: { osVersion: '11.3.0' } }, 'fail'],
  ['11.3.1 only warns', { values: { osVersion: '11.3.1' } }, 'pass'],
  ['11.4', { values: { osVersion: '11.4' } }, 'fail'],
  ['11.4.1', { values: { osVersion: '11.4.1' } }, 'fail'],
  ['11.40 is not 11.4', { values: { osVersion: '11.40' } }, 'pass'],
  ['11.2', { values: { osVersion: '11.2' } }, 'pass'],
  ['12.0.1', { values: { osVersion: '12.0.1' } }, 'pass'],
  ['tvOS', { device: { platform: 'tvOS' }, values: { osVersion: '12.4' } }, 'notApplicable'],
  ['11.3, rehearsed', { device: { simulated: true }, values: { osVersion: '11.3' } }, 'pass'],
  ['never read', { without: ['osVersion'] }, 'unknown'],
  ['junk', { values: { osVersion: 'eleven' } }, 'unknown'],
]

test.each(cases)('Q5 versions with known faults: %s', (_, change, verdict) => {
  expect(judge(notANamedVersion, change).verdict).toBe(verdict)
})

test('Q5 versions with known faults: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(notANamedVersion, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})

test('11.3.1 passes with a warning, and 11.2.6 without one', () => {
  expect(judge(notANamedVersion, { values: { osVersion: '11.3.1' } }).warning).toContain(
    'did not answer',
  )
  expect(judge(notANamedVersion).warning).toBeUndefined()
})

test('a rehearsal on 11.3 warns that a real device would not qualify', () => {
  const { warning } = judge(notANamedVersion, {
    device: { simulated: true },
    values: { osVersion: '11.3' },
  })
  expect(warning).toContain('a real device would not qualify')
})
