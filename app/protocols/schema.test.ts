import { expect, test } from 'vitest'
import { demoProtocols } from '@/lib/demo/protocols'
import { planProblems } from '@/lib/domain/protocol-rules'
import { emptyProtocol, planOf, textOf } from './schema'

const typed = {
  ...emptyProtocol,
  title: 'A',
  question: 'B',
  slots: [{ installAction: 'Default' as const, productKey: 'iOSUpdate16B92', productVersion: '' }],
  steps: [{ doThis: 'Watch', expect: '' }],
  expectedOutcome: 'C',
}

test.each(demoProtocols)('$title comes back from the editor as it was', (plan) => {
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
    expect(planProblems(planOf({ ...typed, batteryMin }))).toMatchObject([
      { field: 'conditions.battery.min' },
    ])
  },
)

test('a deadline that is no number is refused, not stored', () => {
  expect(planProblems(planOf({ ...typed, deadlineMinutes: 'soon' }))).toMatchObject([
    { field: 'deadlineMinutes' },
  ])
})

test('a step left empty is not a step', () => {
  const steps = [...typed.steps, { doThis: '', expect: '' }]
  expect(planOf({ ...typed, steps }).steps).toHaveLength(1)
})
