import { expect, test } from 'vitest'
import { rules } from '../rules/rules'
import { isDeclaration, mechanismOf } from './mechanism'
import { primaryOutcomeInfo, unreachable } from './primary-outcome'
import type { ProtocolPlan } from './protocol'
import { planAdvice, planProblems } from './protocol-rules'
import { findReadyProtocol, readyProtocols } from './ready-protocols'

const withTarget = (plan: ProtocolPlan): ProtocolPlan => ({
  ...plan,
  slots: plan.slots.map((slot) =>
    isDeclaration(slot) ? { ...slot, targetVersion: '18.2' } : { ...slot, productVersion: '18.2' },
  ),
})

test.each(readyProtocols)(
  '$key is legal once its target is named, and only that is missing',
  ({ plan }) => {
    expect(planProblems(withTarget(plan))).toEqual([])
    expect(planProblems(plan).map(({ field }) => field)).toEqual(
      plan.slots.map(
        (slot, index) => `slots.${index}.${isDeclaration(slot) ? 'targetVersion' : 'productKey'}`,
      ),
    )
    const primary = plan.primaryOutcome ?? 'installed'
    expect(unreachable(plan, primary)).toBeUndefined()
    expect(primaryOutcomeInfo[primary].label).not.toBe('')
  },
)

test.each(readyProtocols)('$key says what to know first, with citations', ({ about, cites }) => {
  expect(about.length).toBeGreaterThan(40)
  expect(cites.length).toBeGreaterThan(0)
  for (const { url } of cites) expect(url).toMatch(/^https:\/\//)
})

test('every kind that a lab asks for is there, each with a key of its own', () => {
  expect(readyProtocols.map(({ key }) => key)).toEqual([
    ...['baseline', 'install-asap', 'install-asap-passcode', 'low-battery'],
    ...['tonight', 'no-update', 'off-hours', 'declared-time', 'declaration-then-command'],
  ])
  expect(findReadyProtocol('tonight')?.plan.slots).toHaveLength(3)
  expect(findReadyProtocol('none')).toBeUndefined()
})

test('with a passcode the text says that InstallASAP waits for the user', () => {
  const { plan, about } = findReadyProtocol('install-asap-passcode') ?? {}
  expect(plan?.conditions.passcode).toBe('set')
  expect([about, plan?.title].join(' ')).toContain('waits for the user')
})

test('only the trial of one more command sends a third one', () => {
  const three = readyProtocols.filter(({ plan }) => plan.slots.length > 2)
  expect(three.map(({ key }) => key)).toEqual(['tonight'])
})

test('one declares alone, and one sends a command beside its declaration', () => {
  const mechanisms = readyProtocols.map(({ key, plan }) => [key, mechanismOf(plan)])
  expect(mechanisms.filter(([, mechanism]) => mechanism !== 'command')).toEqual([
    ['declared-time', 'declaration'],
    ['declaration-then-command', 'both'],
  ])
  const plan = findReadyProtocol('declaration-then-command')?.plan
  expect(plan && planAdvice(plan)).toEqual([
    expect.stringContaining('Name the build too'),
    expect.stringContaining('ignores ScheduleOSUpdate'),
  ])
})

test('the one that no rule lets go says so', () => {
  const about = findReadyProtocol('no-update')?.about ?? ''
  expect(about).toContain('Q6')
  expect(rules.some(({ id }) => id === 'Q6')).toBe(true)
})

test('a low battery and a single command are advised about', () => {
  const plan = findReadyProtocol('low-battery')?.plan
  expect(plan && planAdvice(plan)).toEqual([
    'A single Default downloads; it takes a second one to install.',
  ])
})
