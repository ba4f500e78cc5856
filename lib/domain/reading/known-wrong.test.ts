import { expect, test } from 'vitest'
import { qualify } from '../rules/qualify'
import { contextWith } from '../testing'
import { knownWrongIn, withoutKnownWrong } from './known-wrong'
import type { DeviceState, ReadingSource } from './reading'

const at = (osVersion: string, source: ReadingSource): DeviceState => {
  const { state } = contextWith({ values: { osVersion, batteryLevel: 0.83 } })
  const { batteryLevel } = state
  return { ...state, ...(batteryLevel && { batteryLevel: { ...batteryLevel, source } }) }
}

test.each([
  ['10.3.3', 'mdm', false],
  ['11.0', 'mdm', true],
  ['11', 'mdm', true],
  ['11.0.3', 'simulated', true],
  ['11.1.2', 'mdm', true],
  ['11.1.2', 'typed', false],
  ['11.1.2', 'imported', true],
  ['11.2', 'mdm', false],
  ['15G77', 'mdm', false],
] as const)('the battery on %s told by %s is known to be wrong: %s', (version, source, wrong) => {
  const state = at(version, source)
  expect(knownWrongIn(state, 'batteryLevel') !== undefined).toBe(wrong)
  expect(withoutKnownWrong(state).batteryLevel?.value).toBe(wrong ? undefined : 0.83)
})

test('a rule sees it as unknown and says why, what was said, and where that is written', () => {
  const state = at('11.1.2', 'mdm')
  const { findings, overall } = qualify({ ...contextWith(), state })
  const battery = findings.find(({ ruleId }) => ruleId === 'Q12')
  expect(battery?.verdict).toBe('unknown')
  expect(battery?.because).toContain('keeps reporting the battery level of its enrollment')
  expect(battery?.because).toContain('it reported 83 % (Radar 35695451')
  expect(battery?.inputs.find(({ field }) => field === 'batteryLevel')?.value).toBe('unknown')
  expect(overall).not.toBe('qualified')
  const typed = qualify({ ...contextWith(), state: at('11.1.2', 'typed') })
  expect(typed.findings.find(({ ruleId }) => ruleId === 'Q12')?.verdict).toBe('pass')
})
