import { expect, test } from 'vitest'
import { demoProtocols } from '@/lib/demo/protocols'
import { emptyProtocol, emptyStep, planOf, problemsOf, textOf } from './schema'

const typed = {
  ...emptyProtocol,
  title: 'A',
  question: 'B',
  slots: [{ installAction: 'Default' as const, productKey: 'iOSUpdate16B92', productVersion: '' }],
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
  const slots = [{ installAction: 'Default' as const, productKey: '16B92', productVersion: '' }]
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
