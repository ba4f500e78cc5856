import { describe, expect, test } from 'vitest'
import type { CommandSlotPlan, ProtocolPlan } from './protocol'
import { planAdvice, planProblems } from './protocol-rules'
import { slotProblems } from './slot-rules'

const plan: ProtocolPlan = {
  title: 'Default twice',
  question: 'Does the second command install?',
  slots: [
    { installAction: 'Default', productKey: 'iOSUpdate15G77' },
    { installAction: 'InstallASAP', productKey: 'iOSUpdate15G77', productVersion: '11.4.1' },
  ],
  conditions: {},
  steps: [{ doThis: 'Watch the screen', expect: 'a prompt' }],
  expectedOutcome: 'Installed as expected',
  primaryOutcome: 'installed',
  deadlineMinutes: 120,
}

test('a valid protocol has no problem', () => {
  expect(planProblems(plan)).toEqual([])
})

describe('a command', () => {
  test.each<[string, Partial<CommandSlotPlan>, string | undefined]>([
    ['a key', { productKey: 'iOSUpdate17A576' }, undefined],
    ['a key of another form', { productKey: 'MSU_UPDATE_21E5227a_patch_12.3' }, undefined],
    ['a numbered key', { productKey: '041-14451' }, undefined],
    ['a version', { productVersion: '11.4.1' }, undefined],
    ['a whole version', { productVersion: '13' }, undefined],
    ['neither', {}, 'slot.productKey'],
    ['an empty key', { productKey: '' }, 'slot.productKey'],
    ['a key with a blank', { productKey: 'iOSUpdate 15G77' }, 'slot.productKey'],
    ['a build for a key', { productKey: '15G77' }, 'slot.productKey'],
    ['a version for a key', { productKey: '11.4.1' }, 'slot.productKey'],
    ['an empty version', { productVersion: '' }, 'slot.productVersion'],
    ['a build for a version', { productVersion: '15G77' }, 'slot.productVersion'],
    ['a security response', { productVersion: '16.5 (a)' }, 'slot.productVersion'],
    ['a version with a comma', { productVersion: '11,4' }, 'slot.productVersion'],
  ])('that names %s is judged by its form', (_, names, field) => {
    const problems = slotProblems({ installAction: 'Default', ...names })
    expect(problems.map((one) => one.field)).toEqual(field === undefined ? [] : [field])
  })

  test('for a build the problem names its product key', () => {
    const [problem] = slotProblems({ installAction: 'Default', productKey: '15G77' })
    expect(problem?.reason).toContain('iOSUpdate15G77')
  })

  test('an InstallAction of macOS is refused', () => {
    const slot: CommandSlotPlan = JSON.parse('{"installAction":"InstallLater","productKey":"abc"}')
    expect(slotProblems(slot)).toMatchObject([{ field: 'slot.installAction' }])
  })
})

describe('a protocol', () => {
  test.each<[string, Partial<ProtocolPlan>]>([
    ['title', { title: ' ' }],
    ['title', { title: 'x'.repeat(201) }],
    ['question', { question: '' }],
    ['expectedOutcome', { expectedOutcome: '' }],
    ['slots', { slots: [] }],
    ['slots.1.productKey', { slots: [...plan.slots.slice(0, 1), { installAction: 'Default' }] }],
    ['steps.0.doThis', { steps: [{ doThis: '', expect: '' }] }],
    ['primaryOutcome', { primaryOutcome: undefined }],
    ['primaryOutcome', { primaryOutcome: 'startedAtOnce', slots: plan.slots.slice(0, 1) }],
    ['deadlineMinutes', { deadlineMinutes: 0 }],
    ['deadlineMinutes', { deadlineMinutes: 1.5 }],
    ['deadlineMinutes', { deadlineMinutes: Number.NaN }],
    ['conditions.battery.min', { conditions: { battery: { min: 50 } } }],
    ['conditions.battery.max', { conditions: { battery: { max: -0.1 } } }],
    ['conditions.battery.max', { conditions: { battery: { min: 0.5, max: 0.2 } } }],
    ['conditions.freeBytes.min', { conditions: { freeBytes: { min: -1 } } }],
    ['conditions.freeBytes.max', { conditions: { freeBytes: { max: 0.5 } } }],
  ])('names the field %s and the accepted form', (field, change) => {
    const problems = planProblems({ ...plan, ...change })
    expect(problems.map((one) => one.field)).toEqual([field])
    expect(problems[0]?.reason).not.toBe('')
  })
})

test('there is advice if the commands cannot do what their names suggest', () => {
  expect(planAdvice(plan)).toEqual([])
  expect(planAdvice({ ...plan, slots: plan.slots.slice(1) })[0]).toContain('already downloaded')
  expect(planAdvice({ ...plan, slots: plan.slots.slice(0, 1) })[0]).toContain(
    'second one to install',
  )
})

test.each([
  ['promptWaits', 'notSet', 'asks nobody'],
  ['installedByUser', 'notSet', 'asks nobody'],
  ['installedUnattended', 'set', 'asks the user'],
] as const)(
  'there is advice about %s with a passcode that is %s',
  (primaryOutcome, passcode, words) => {
    const advice = planAdvice({ ...plan, primaryOutcome, conditions: { passcode } })
    expect(advice.join(' ')).toContain(words)
  },
)
