import { expect, test } from 'vitest'
import { demoProtocols } from '@/lib/demo/protocols'
import { emptyProtocol, emptyStep, labelOf, planOf, problemsOf, textOf } from './schema'
import { emptySlot } from './slot-text'

const typed = {
  ...emptyProtocol,
  title: 'A',
  question: 'B',
  slots: [{ ...emptySlot(), productKey: 'iOSUpdate16B92' }],
  steps: [{ ...emptyStep(), doThis: 'Watch' }],
  expectedOutcome: 'C',
}

test.each(demoProtocols)('$title comes back unchanged from the editor', (plan) => {
  expect(JSON.parse(JSON.stringify(planOf(textOf(plan))))).toEqual(plan)
})

test.each([
  ['0.5', 0.5],
  ['0,5', 0.5],
  ['50 %', 0.5],
  ['50%', 0.5],
])('a battery of %s is half', (batteryMin, min) => {
  expect(planOf({ ...typed, batteryMin }).conditions.battery).toMatchObject({ min })
})

test.each(['50', '-0.1', 'half', '1.5'])(
  'a battery of %s is refused with its field',
  (batteryMin) => {
    expect(problemsOf({ ...typed, batteryMin })).toMatchObject([{ field: 'batteryMin' }])
  },
)

test('a deadline that is no number is refused, not stored', () => {
  expect(problemsOf({ ...typed, deadlineMinutes: 'soon' })).toMatchObject([
    { field: 'deadlineMinutes' },
  ])
})

test('a step left empty is not a step', () => {
  const steps = [...typed.steps, emptyStep()]
  expect(planOf({ ...typed, steps }).steps).toHaveLength(1)
})

test('everything wrong is reported at once, each at its field', () => {
  const slots = [{ ...emptySlot(), productKey: '16B92' }]
  const steps = [emptyStep(), { ...emptyStep(), expect: 'A download' }]
  const wrong = problemsOf({ ...typed, title: ' ', slots, steps, freeGbMax: '-1' })
  expect(wrong.map(({ field }) => field)).toEqual([
    'title',
    'slots.0.productKey',
    'freeGbMax',
    'steps.1.doThis',
  ])
})

test('a step expects sightings of the vocabulary, and no free text', () => {
  const step = { ...emptyStep(), doThis: 'Watch' }
  const seen = { ...typed, steps: [{ ...step, sightings: ['promptShown' as const] }] }
  expect(planOf(seen).steps).toEqual([{ doThis: 'Watch', expect: '', sightings: ['promptShown'] }])
  expect(planOf(typed).steps[0]).not.toHaveProperty('sightings')
  const other = { ...typed, steps: [emptyStep(), { ...step, sightings: ['other' as const] }] }
  expect(problemsOf(other)).toMatchObject([{ field: 'steps.1.sightings' }])
})

test('sections come back unchanged, and what is not written leaves no trace in the plan', () => {
  const sections = {
    ...{
      hypothesis: 'It installs.',
      inclusion: 'New ones',
      exclusion: 'Cracked',
      stopRule: 'Smoke',
    },
    freshReadings: ['networkName' as const],
    slots: [{ ...emptySlot(), productKey: 'iOSUpdate16B92', lookAt: 'Settings', expect: 'A bar' }],
    steps: [{ ...emptyStep(), doThis: 'Watch', lookAt: 'The screen' }],
  }
  const text = { ...typed, primaryOutcome: 'installed' as const, ...sections }
  expect(textOf(planOf(text))).toEqual(text)
  expect(planOf(text)).toMatchObject({
    ...{
      hypothesis: 'It installs.',
      stopRule: 'Smoke',
      conditions: { freshReadings: ['networkName'] },
    },
    slots: [{ lookAt: 'Settings', expect: 'A bar' }],
    steps: [{ lookAt: 'The screen' }],
  })
  expect(Object.keys(JSON.parse(JSON.stringify(planOf(typed))))).not.toContain('hypothesis')
  expect(Object.keys(JSON.parse(JSON.stringify(planOf(typed).slots[0])))).not.toContain('lookAt')
})

test('a declaration comes back unchanged, and each wrong field is named', () => {
  const slot = {
    ...emptySlot(),
    mechanism: 'declaration' as const,
    targetVersion: '18.2',
    targetBuild: '22C152',
    when: 'atLocalTime' as const,
    daysLater: '2',
    clock: '09:30',
    detailsUrl: 'https://lab.example/update',
    expect: 'A reminder',
  }
  const text = { ...typed, primaryOutcome: 'installed' as const, slots: [slot] }
  expect(textOf(planOf(text))).toEqual(text)
  expect(planOf(text).slots).toEqual([
    {
      mechanism: 'declaration',
      ...{ targetVersion: '18.2', targetBuild: '22C152', expect: 'A reminder' },
      when: { kind: 'atLocalTime', daysLater: 2, clock: '09:30' },
      detailsUrl: 'https://lab.example/update',
    },
  ])
  const wrong = { targetVersion: '', targetBuild: '18.2', daysLater: 'two', clock: '25:00' }
  const problems = problemsOf({
    ...text,
    slots: [{ ...slot, ...wrong, detailsUrl: 'lab.example' }],
  })
  expect(problems.map(({ field }) => labelOf(field))).toEqual(
    [
      'TargetOSVersion',
      'TargetBuildVersion',
      'Days after the release',
      'Local time',
      'DetailsURL',
    ].map((name) => `Declaration 1, ${name}`),
  )
})

test('what was typed of the other kind is no part of the plan', () => {
  const both = { ...emptySlot(), productKey: 'iOSUpdate16B92', targetVersion: '18.2', clock: '9' }
  expect(planOf({ ...typed, slots: [both] }).slots).toEqual(
    planOf({ ...typed, slots: [{ ...emptySlot(), productKey: 'iOSUpdate16B92' }] }).slots,
  )
})

test.each(['hypothesis', 'inclusion', 'exclusion', 'stopRule'] as const)(
  'a %s that is too long is refused at its field, with the limit and the length',
  (field) => {
    const wrong = problemsOf({ ...typed, [field]: 'x'.repeat(5001) })
    expect(wrong).toEqual([{ field, reason: 'at most 5,000 characters; these are 5,001' }])
  },
)

test('every field of the editor has a name for people', () => {
  const fields = [
    ...Object.keys(emptyProtocol).filter((one) => !['slots', 'steps'].includes(one)),
    ...Object.keys(emptySlot()).map((one) => `slots.1.${one}`),
    ...Object.keys(emptyStep()).map((one) => `steps.0.${one}`),
  ]
  const withoutProblems = [
    'externalPower',
    'passcode',
    'network',
    'automaticUpdates',
    'twoPersonRelease',
    'secondReader',
    'design',
  ]
  for (const field of fields.filter((one) => !withoutProblems.includes(one)))
    expect(labelOf(field)).not.toContain(field)
  expect(labelOf('slots.1.productKey')).toBe('Command 2, ProductKey')
  expect(labelOf('steps.0.doThis')).toBe('Step 1, do this')
})
