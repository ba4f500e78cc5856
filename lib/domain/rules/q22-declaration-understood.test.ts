import { expect, test } from 'vitest'
import { type Change, declared, judge } from '../testing'
import { declarationUnderstood } from './q22-declaration-understood'

const on = (platform: 'iOS' | 'iPadOS' | 'tvOS', osVersion: string): Change => ({
  ...declared,
  device: { platform },
  values: { osVersion },
})

const cases: [what: string, change: Change, verdict: string][] = [
  ['iOS 17', on('iOS', '17'), 'pass'],
  ['iOS 16.7.12', on('iOS', '16.7.12'), 'fail'],
  ['iPadOS 17.0.1', on('iPadOS', '17.0.1'), 'pass'],
  ['iPadOS 27.0.1, which has no command', on('iPadOS', '27.0.1'), 'pass'],
  ['tvOS 18.4', on('tvOS', '18.4'), 'pass'],
  ['tvOS 18.3', on('tvOS', '18.3'), 'fail'],
  ['OS unknown', { ...declared, without: ['osVersion'] }, 'unknown'],
  ['OS stale', { ...declared, stale: ['osVersion'] }, 'unknown'],
  ['a build where the version belongs', on('iOS', '22C152'), 'unknown'],
]

test.each(cases)('Q22 declarations understood: %s', (_, change, verdict) => {
  const { reason, remedy, ...judged } = judge(declarationUnderstood, change)
  expect(judged.verdict).toBe(verdict)
  expect(reason).not.toBe('')
  if (verdict !== 'pass') expect(remedy).toBeTruthy()
})
