import { expect, test } from 'vitest'
import { type Outcome, outcomeInfo, outcomes } from '../outcome/outcome'
import type { InstallAction } from './install-action'
import {
  hasReached,
  numeratorWords,
  primaryOutcomeInfo,
  primaryOutcomeOf,
  primaryOutcomes,
  proposedPrimaryOutcome,
  unreachable,
} from './primary-outcome'

const slots = (...actions: InstallAction[]) => ({
  slots: actions.map((installAction) => ({ installAction })),
})

test.each(primaryOutcomes)('%s has a numerator of outcomes that count, but not of all', (one) => {
  const { numerator } = primaryOutcomeInfo[one]
  const counted = outcomes.filter((outcome) => outcomeInfo[outcome].counts !== 'leftOut')
  expect(numerator.length).toBeGreaterThan(0)
  expect(counted).toEqual(expect.arrayContaining([...numerator]))
  expect(counted.length).toBeGreaterThan(numerator.length)
  expect(numeratorWords(one)).not.toBe('')
})

test.each<[Outcome, readonly string[]]>([
  ['installedAsExpected', ['installed', 'installedUnattended']],
  ['installedAfterUserAction', ['installed', 'installedByUser']],
  ['installedDespiteError', ['installed']],
  ['startedAlthoughScheduled', ['installed', 'startedAtOnce']],
  ['downloadedOnly', ['downloaded', 'unchanged']],
  ['promptNotAccepted', ['promptWaits', 'unchanged']],
  ['refused', ['refused', 'unchanged']],
  ['wrongVersionInstalled', []],
  ['deviceUnusable', []],
])('%s reaches %s and nothing else', (outcome, reached) => {
  expect(primaryOutcomes.filter((one) => hasReached(outcome, one))).toEqual(reached)
})

test('only downloads propose the download, everything else the install; a choice wins', () => {
  expect(proposedPrimaryOutcome(slots('DownloadOnly', 'DownloadOnly'))).toBe('downloaded')
  expect(proposedPrimaryOutcome(slots('DownloadOnly', 'InstallASAP'))).toBe('installed')
  expect(primaryOutcomeOf(slots('Default', 'Default'))).toBe('installed')
  expect(primaryOutcomeOf({ ...slots('Default'), primaryOutcome: 'refused' })).toBe('refused')
})

test.each([
  [['DownloadOnly'], ['downloaded', 'refused', 'unchanged']],
  [
    ['InstallASAP'],
    ['installed', 'installedUnattended', 'installedByUser', 'promptWaits', 'refused', 'unchanged'],
  ],
  [['Default', 'Default'], [...primaryOutcomes]],
  [['DownloadOnly', 'InstallASAP'], primaryOutcomes.filter((one) => one !== 'startedAtOnce')],
] as const)('the commands %s can reach %s', (actions, able) => {
  const plan = slots(...actions)
  expect(primaryOutcomes.filter((one) => unreachable(plan, one) === undefined)).toEqual(able)
})

test('a refusal says why', () => {
  expect(unreachable(slots('DownloadOnly'), 'installed')).toContain('every command is DownloadOnly')
})

test('no trial of declarations alone is refused, as a device answers none', () => {
  const declaration = { mechanism: 'declaration' } as const
  expect(unreachable({ slots: [declaration] }, 'refused')).toContain('answers no declaration')
  expect(unreachable({ slots: [declaration] }, 'unchanged')).toBeUndefined()
  const both = [declaration, { installAction: 'Default' }] as const
  expect(unreachable({ slots: both }, 'refused')).toBeUndefined()
})
