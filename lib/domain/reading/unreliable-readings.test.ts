import { expect, test } from 'vitest'
import { noIssues } from '../rules/known-issues'
import { nothingUnderWay } from '../rules/q16-nothing-under-way'
import { qualify } from '../rules/qualify'
import { contextWith, minutesBefore } from '../testing'
import type { DeviceState, ReadingSource } from './reading'
import {
  knownWrongIn,
  withoutActivityBefore,
  withoutDeclarationBefore,
  withoutKnownWrong,
} from './unreliable-readings'

const on = { platform: 'iOS', known: noIssues } as const
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
  expect(knownWrongIn(state, 'batteryLevel', on) !== undefined).toBe(wrong)
  expect(withoutKnownWrong(state, on).batteryLevel?.value).toBe(wrong ? undefined : 0.83)
})

test('it is unknown to a rule, which gives the reason, the reported value and the source', () => {
  const state = at('11.1.2', 'mdm')
  const { findings, overall } = qualify({ ...contextWith(), state })
  const battery = findings.find(({ ruleId }) => ruleId === 'Q12')
  expect(battery?.verdict).toBe('unknown')
  expect(battery?.reason).toContain('keeps reporting the battery level of its enrollment')
  expect(battery?.reason).toContain('it reported 83 % (Radar 35695451')
  expect(battery?.inputs.find(({ field }) => field === 'batteryLevel')?.value).toBe('unknown')
  expect(overall).not.toBe('qualified')
  const typed = qualify({ ...contextWith(), state: at('11.1.2', 'typed') })
  expect(typed.findings.find(({ ruleId }) => ruleId === 'Q12')?.verdict).toBe('pass')
})

const readyState = () => contextWith().state

const asked = (minutes: number) => {
  const state = readyState()
  if (!state.updateActivity) throw new Error('a ready state tells of updates')
  const updateActivity = { ...state.updateActivity, askedAt: minutesBefore(minutes) }
  return withoutActivityBefore({ ...state, updateActivity }, minutesBefore(5)).updateActivity
}

test('"no update under way" is unknown if queried before the last command, and known if after it', () => {
  expect(asked(6)).toMatchObject({
    value: undefined,
    unknownReason: expect.stringContaining('before the last command left at'),
  })
  expect(asked(4)).toMatchObject({ value: 'none' })
})

test('other fields, and a device that nothing was sent to, do not change', () => {
  const state = readyState()
  expect(withoutActivityBefore(state, undefined)).toBe(state)
  expect(withoutActivityBefore(state, minutesBefore(0)).passcodePresent).toEqual(
    state.passcodePresent,
  )
})

test('Q16 does not pass on readings from before the last command', () => {
  const findings = (lastCommandAt: Date | undefined) =>
    qualify(contextWith({ device: { lastCommandAt } })).findings.find(
      ({ ruleId }) => ruleId === nothingUnderWay.id,
    )?.verdict
  expect(findings(undefined)).toBe('pass')
  expect(findings(minutesBefore(0))).toBe('unknown')
})

test.each([
  [false, 0, undefined],
  [false, 60, false],
  [true, 0, true],
])(
  'an active declaration %s, %i minutes before the reading a declaration of this lab, is %s',
  (value, minutes, is) => {
    const { state } = contextWith({ values: { activeDeclaration: value } })
    const answeredAt = state.activeDeclaration?.answeredAt.getTime() ?? 0
    const lastDeclarationAt = new Date(answeredAt - minutes * 60_000)
    const read = withoutDeclarationBefore(state, lastDeclarationAt).activeDeclaration
    expect(read?.value).toBe(is)
    expect(withoutDeclarationBefore(state, undefined)).toBe(state)
    const q9 = qualify(
      contextWith({
        values: { activeDeclaration: value, osVersion: '18.1' },
        device: { lastDeclarationAt },
      }),
    ).findings.find(({ ruleId }) => ruleId === 'Q9')
    expect(q9?.verdict).toBe(is === undefined ? 'unknown' : is ? 'fail' : 'pass')
  },
)
