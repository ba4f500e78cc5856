import { describe, expect, test } from 'vitest'
import { changedArm } from './arm-rules'
import { armAsks, commandOf, planInArm, stratumText, stratumWords } from './arms'
import type { TrialDesign } from './design'
import { planDifference } from './plan-difference'
import type { ProtocolPlan } from './protocol'
import { planAdvice, planProblems } from './protocol-rules'

const design: TrialDesign = {
  factors: [
    { factor: 'passcode', levels: ['set', 'notSet'] },
    { factor: 'action', levels: ['Default,Default', 'DownloadOnly,InstallASAP'] },
  ],
  arms: [
    { name: 'A', weight: 1, levels: { passcode: 'set', action: 'Default,Default' } },
    { name: 'B', weight: 2, levels: { passcode: 'notSet', action: 'DownloadOnly,InstallASAP' } },
  ],
  strata: ['version', 'model'],
  blocks: [1, 2],
  planned: 12,
}
const slot = { installAction: 'Default' as const, productKey: 'iOSUpdate16B92' }
const plan: ProtocolPlan = {
  ...{ title: 'Two arms', question: 'Which?', slots: [slot, slot], conditions: {}, steps: [] },
  ...{ expectedOutcome: 'Installed', primaryOutcome: 'installed', deadlineMinutes: 60, design },
}
const [a, b] = design.arms
if (!a || !b) throw new Error('two arms')

const wrong = (change: Partial<TrialDesign>, but: Partial<ProtocolPlan> = {}) =>
  planProblems({ ...plan, ...but, design: { ...design, ...change } })

test('a plan with arms, and one without, have no problem', () => {
  expect(planProblems(plan)).toEqual([])
  expect(planProblems({ ...plan, design: undefined })).toEqual([])
})

const passcode = { factor: 'passcode' as const, levels: ['set', 'notSet'] }
const actions = (level: string) => ({
  factor: 'action' as const,
  levels: ['Default,Default', level],
})
const levels = (level: string) => [a, { ...b, levels: { ...b.levels, action: level } }]

describe('what is wrong is named with its field', () => {
  test.each<[string, Partial<TrialDesign>, string, RegExp]>([
    ['no factor', { factors: [] }, 'design.factors', /at least one/],
    ['a factor twice', { factors: [passcode, passcode] }, 'design.factors.1', /once/],
    [
      'one level',
      { factors: [{ ...passcode, levels: ['set'] }] },
      'design.factors.0',
      /two or more/,
    ],
    [
      'a level that is none',
      { factors: [{ ...passcode, levels: ['set', 'on'] }] },
      'design.factors.0',
      /no level/,
    ],
    [
      'an action that is none',
      { factors: [actions('Erase,Default')] },
      'design.factors.0',
      /InstallActions/,
    ],
    [
      'another number of commands',
      { factors: [actions('Default')] },
      'design.factors.0',
      /number of commands/,
    ],
    [
      'a level without an arm',
      { arms: [a, { ...b, levels: a.levels }] },
      'design.factors.0',
      /no arm/,
    ],
    ['one arm', { arms: [a] }, 'design.arms', /2 to 8/],
    ['no name', { arms: [a, { ...b, name: ' ' }] }, 'design.arms.1.name', /name the arm/],
    ['a name with a slash', { arms: [a, { ...b, name: 'x/y' }] }, 'design.arms.1.name', /without/],
    ['a name twice', { arms: [a, { ...b, name: 'a' }] }, 'design.arms.1.name', /another arm/],
    ['no weight', { arms: [a, { ...b, weight: Number.NaN }] }, 'design.arms.1.weight', /1 to 9/],
    ['half a weight', { arms: [a, { ...b, weight: 0.5 }] }, 'design.arms.1.weight', /whole/],
    [
      'no level of a factor',
      { arms: [a, { ...b, levels: { passcode: 'notSet' } }] },
      'design.arms.1.levels.action',
      /choose/,
    ],
    [
      'a factor not declared',
      { arms: [a, { ...b, levels: { ...b.levels, power: 'connected' } }] },
      'design.arms.1.levels.power',
      /declare/,
    ],
    ['the same levels', { arms: [a, b, { ...a, name: 'C' }] }, 'design.arms.2', /same levels/],
    ['a stratum twice', { strata: ['version', 'version'] }, 'design.strata', /once/],
    ['no block', { blocks: [] }, 'design.blocks', /1 to 3/],
    ['a block of nothing', { blocks: [0] }, 'design.blocks', /1 to 5/],
    ['a number planned that does not divide', { planned: 10 }, 'design.planned', /multiple/],
    [
      'commands that cannot reach the primary outcome',
      {
        factors: [passcode, actions('DownloadOnly,DownloadOnly')],
        arms: levels('DownloadOnly,DownloadOnly'),
      },
      'design.arms.1.levels.action',
      /no trial could come out/,
    ],
  ])('%s', (_, change, field, reason) => {
    expect(wrong(change)).toContainEqual({ field, reason: expect.stringMatching(reason) })
  })

  test('a factor that a starting condition fixes for all trials', () => {
    const conditions = { passcode: 'set' as const }
    expect(wrong({}, { conditions })).toMatchObject([{ field: 'design.factors.0' }])
  })
})

test('the plan in an arm has the commands and conditions of the arm, and the rest of the protocol', () => {
  const inB = planInArm({ ...plan, conditions: { network: 'wifi' } }, 'B')
  expect(inB.slots).toEqual([
    { ...slot, installAction: 'DownloadOnly' },
    { ...slot, installAction: 'InstallASAP' },
  ])
  expect(inB.conditions).toEqual({ network: 'wifi', passcode: 'notSet' })
  expect(planInArm(plan, undefined)).toBe(plan)
  expect(() => planInArm(plan, 'C')).toThrow('no arm C')
})

test('a time of day is a condition of the first command alone', () => {
  const timed = {
    slots: [slot, slot],
    conditions: { hour: 'from06' as const, network: 'wifi' as const },
  }
  expect(commandOf(timed, 1)?.conditions).toEqual(timed.conditions)
  expect(commandOf(timed, 2)?.conditions).toEqual({ network: 'wifi' })
  expect(commandOf(timed, 3)).toBeUndefined()
})

test('in words', () => {
  expect(armAsks(a)).toBe('passcode set, commands Default, then Default')
  expect(armAsks({ levels: { passcode: 'set', power: 'notConnected' } })).toBe(
    'passcode set, on battery',
  )
  expect(stratumWords(stratumText({ version: '11.4', model: 'iPhone8,1' }))).toBe(
    'Starting version 11.4, Model iPhone8,1',
  )
  expect(stratumWords(stratumText({}))).toBe('all devices')
  expect(stratumText({ version: '11.4', model: 'x' })).toBe(
    stratumText({ model: 'x', version: '11.4' }),
  )
})

test('an arm that asks for something else under its old name is found, in any earlier version', () => {
  const earlier = [
    { version: 3, plan: { ...plan, design: undefined } },
    { version: 2, plan },
  ]
  expect(changedArm(plan, earlier)).toBeUndefined()
  const other = { ...b, levels: a.levels }
  expect(changedArm({ design: { ...design, arms: [a, other] } }, earlier)).toMatchObject({
    ...{ field: 'design.arms.1.name', reason: expect.stringContaining('version 2') },
  })
})

test('the difference of two versions names what changed of the design', () => {
  const after = { ...plan, design: { ...design, arms: [a, { ...b, weight: 1 }], blocks: [1] } }
  expect(planDifference(plan, after).map(({ label }) => label)).toEqual(['Arm B', 'Blocks'])
  const labels = planDifference({ ...plan, design: undefined }, plan).map(({ label }) => label)
  expect(labels).toContain('Factor: passcode')
  expect(labels).toContain('Assigned within')
})

test('advice is about each arm, and about blocks whose end can be foreseen', () => {
  expect(planAdvice(plan)).toEqual([])
  const asap = { ...b, levels: { ...b.levels, action: 'InstallASAP,InstallASAP' } }
  const advised = planAdvice({ ...plan, design: { ...design, arms: [a, asap], blocks: [2] } })
  expect(advised).toEqual([
    expect.stringMatching(/^Arm B: InstallASAP installs only what is already downloaded/),
    expect.stringContaining('can be foreseen'),
  ])
})
