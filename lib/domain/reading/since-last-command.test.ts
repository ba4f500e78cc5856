import { expect, test } from 'vitest'
import { nothingUnderWay } from '../rules/q16-nothing-under-way'
import { qualify } from '../rules/qualify'
import { contextWith, minutesBefore } from '../testing'
import { withoutActivityBefore } from './since-last-command'

const readyState = () => contextWith().state

const asked = (minutes: number) => {
  const state = readyState()
  if (!state.updateActivity) throw new Error('a ready state tells of updates')
  const updateActivity = { ...state.updateActivity, askedAt: minutesBefore(minutes) }
  return withoutActivityBefore({ ...state, updateActivity }, minutesBefore(5)).updateActivity
}

test('"no update under way" asked for before the last command is unknown, after it is known', () => {
  expect(asked(6)).toMatchObject({
    value: undefined,
    unknownBecause: expect.stringContaining('before the last command left at'),
  })
  expect(asked(4)).toMatchObject({ value: 'none' })
})

test('what an update does not change, and a device nothing was sent to, stay as they are', () => {
  const state = readyState()
  expect(withoutActivityBefore(state, undefined)).toBe(state)
  expect(withoutActivityBefore(state, minutesBefore(0)).passcodePresent).toEqual(
    state.passcodePresent,
  )
})

test('Q16 does not pass on what was read before the last command', () => {
  const findings = (lastCommandAt: Date | undefined) =>
    qualify(contextWith({ device: { lastCommandAt } })).findings.find(
      ({ ruleId }) => ruleId === nothingUnderWay.id,
    )?.verdict
  expect(findings(undefined)).toBe('pass')
  expect(findings(minutesBefore(0))).toBe('unknown')
})
