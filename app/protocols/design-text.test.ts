import { expect, test } from 'vitest'
import { twoArms } from '@/lib/core/testing/arms'
import { emptyDesign } from './design-text'
import { emptyProtocol, labelOf, planOf, problemsOf, textOf } from './schema'

test('a protocol with arms comes back unchanged from the editor', () => {
  const plan = JSON.parse(JSON.stringify(planOf(textOf(twoArms))))
  expect(plan).toEqual(JSON.parse(JSON.stringify(twoArms)))
})

test('lists of install actions are typed in lines, with or without blanks', () => {
  const { design } = textOf(twoArms)
  const factors = { ...design.factors, action: 'Default, Default\n\n DownloadOnly,InstallASAP ' }
  const typed = { ...textOf(twoArms), design: { ...design, factors } }
  expect(planOf(typed).design?.factors[1]).toEqual({
    ...{ factor: 'action', levels: ['Default,Default', 'DownloadOnly,InstallASAP'] },
  })
})

test('nothing typed is no design, and leaves no trace in the plan', () => {
  expect(planOf(emptyProtocol)).not.toHaveProperty('design')
})

test('what is wrong is at the field of the editor, which has a name for people', () => {
  const { design } = textOf(twoArms)
  const [arm] = design.arms
  if (!arm) throw new Error('an arm')
  const wrong = (change: Partial<typeof design>) =>
    problemsOf({ ...textOf(twoArms), design: { ...design, ...change } }).map(({ field }) => [
      field,
      labelOf(field),
    ])
  expect(wrong({ arms: [arm] })).toContainEqual(['design.arms', 'Arms'])
  expect(wrong({ factors: emptyDesign.factors })).toContainEqual([
    ...['design.factors.passcode', 'Factor passcode'],
  ])
  const changed = (change: Partial<typeof arm>) => wrong({ arms: [arm, { ...arm, ...change }] })
  expect(changed({ name: 'B', weight: 'x' })).toContainEqual([
    ...['design.arms.1.weight', 'Arm 2, weight'],
  ])
  expect(changed({ name: 'B' })).toContainEqual(['design.arms.1.name', 'Arm 2, name'])
  expect(changed({ name: 'B', passcode: '' })).toContainEqual([
    ...['design.arms.1.passcode', 'Arm 2, passcode'],
  ])
  expect(wrong({ blocks: 'many' })).toEqual([['design.blocks', 'Block sizes']])
  expect(wrong({ planned: '3' })).toEqual([['design.planned', 'Trials planned']])
})
