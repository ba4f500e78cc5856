import { expect, test } from 'vitest'
import { planDifference } from './plan-difference'
import type { ProtocolPlan } from './protocol'

const plan: ProtocolPlan = {
  title: 'Default twice',
  question: 'Does the second command install?',
  slots: [
    { installAction: 'Default', productKey: 'iOSUpdate15G77' },
    { installAction: 'Default', productKey: 'iOSUpdate15G77' },
  ],
  conditions: {},
  steps: [{ doThis: 'Watch the screen', expect: 'a prompt' }],
  expectedOutcome: 'Installed as expected',
  primaryOutcome: 'installed',
  deadlineMinutes: 120,
}

test('a version does not differ from itself, nor from one whose primary outcome was not chosen yet', () => {
  expect(planDifference(plan, plan)).toEqual([])
  expect(planDifference({ ...plan, primaryOutcome: undefined }, plan)).toEqual([])
})

test('every kind of field has its difference', () => {
  const after: ProtocolPlan = {
    ...plan,
    ...{ title: 'Default thrice', question: 'Does the third command install?', hypothesis: 'Yes.' },
    ...{ inclusion: 'new', exclusion: 'old', stopRule: 'smoke', expectedOutcome: 'Refused' },
    conditions: {
      ...{ battery: { min: 0.5, max: 0.9 }, freeBytes: { min: 1e9, max: 2e9 } },
      ...{ externalPower: true, passcode: 'set', network: 'wifi', automaticUpdates: 'off' },
      freshReadings: ['batteryLevel'],
    },
    slots: [
      { installAction: 'DownloadOnly', productKey: 'iOSUpdate15G77', lookAt: 'x', expect: 'y' },
    ],
    steps: [
      { doThis: 'Watch it', lookAt: 'x', expect: 'none', sightings: ['promptShown'] },
      { doThis: 'Wait', expect: '' },
    ],
    ...{ primaryOutcome: 'downloaded', deadlineMinutes: 60, twoPersonRelease: true },
    secondReader: true,
    claims: [{ claim: 1, version: 2 }],
  }
  const changes = Object.fromEntries(
    planDifference(plan, after).map(({ label, change }) => [label, change]),
  )
  const named = (change: string) =>
    Object.keys(changes).filter((label) => changes[label] === change)
  expect(named('changed')).toEqual([
    ...['Title', 'Question', 'Command 1', 'Step 1: do this', 'Step 1: expect'],
    ...['Primary outcome', 'Numerator', 'Expected outcome', 'Deadline'],
  ])
  expect(named('removed')).toEqual(['Command 2'])
  expect(named('added')).toEqual([
    ...['Hypothesis', 'Battery at least', 'Battery at most', 'Free disk at least'],
    ...['Free disk at most', 'External power', 'Passcode', 'Network', 'Automatic updates'],
    ...['Fresh at each release', 'Inclusion beyond the rules', 'Exclusion beyond the rules'],
    ...['Command 1: look at', 'Command 1: expected', 'Step 1: look at', 'Step 1: sightings'],
    ...['Step 2: do this', 'Stop rule', 'Claims', 'Release', 'Second reader'],
  ])
})

test('a text is compared word by word', () => {
  const after = { ...plan, question: 'Does the third command install?' }
  expect(planDifference(plan, after)).toEqual([
    {
      ...{ label: 'Question', change: 'changed' },
      runs: [
        { kind: 'same', text: 'Does the ' },
        { kind: 'removed', text: 'second ' },
        { kind: 'added', text: 'third ' },
        { kind: 'same', text: 'command install?' },
      ],
    },
  ])
})
