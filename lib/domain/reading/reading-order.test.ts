import { expect, test } from 'vitest'
import type { DeviceState, Reading, ReadingSource } from './reading'
import { becomesCurrent, compareReadings, type Ranked, withWholeOs } from './reading-order'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute))
const of = (source: ReadingSource, minute: number, ageUnknown = false): Ranked => ({
  source,
  answeredAt: at(minute),
  ageUnknown,
})

test.each([
  ['a later look before an earlier answer', of('typed', 2), of('mdm', 1), 1],
  ['a file is judged by its own time', of('imported', 1), of('mdm', 2), -1],
  ['of one moment the answer before the look', of('mdm', 1), of('typed', 1), 1],
  ['of one moment the look before the file', of('typed', 1), of('imported', 1), 1],
  ['an answer of a virtual device is an answer', of('simulated', 1), of('typed', 1), 1],
  ['a file without a time after all that have one', of('imported', 59, true), of('typed', 1), -1],
  ['of two files without a time the later', of('imported', 2, true), of('imported', 1, true), 1],
  ['the same moment and source', of('mdm', 1), of('mdm', 1), 0],
])('%s', (_, a, b, sign) => {
  expect(Math.sign(compareReadings(a, b))).toBe(sign)
  expect(Math.sign(compareReadings(b, a))).toBe(0 - sign)
})

const reading = (field: 'osVersion' | 'osBuild' | 'supervised', ranked: Ranked): Reading => ({
  id: '1',
  field,
  value: undefined,
  ...ranked,
})
const state = (...readings: Reading[]) =>
  // Each reading is under its own field.
  Object.fromEntries(readings.map((one) => [one.field, one])) as DeviceState

test('an imported version is not combined with a build that the device reported later', () => {
  const build = state(reading('osBuild', of('mdm', 5)))
  expect(becomesCurrent('osVersion', of('imported', 4), build)).toBe(false)
  expect(becomesCurrent('osVersion', of('imported', 6), build)).toBe(true)
  expect(becomesCurrent('supervised', of('imported', 4), build)).toBe(true)
  expect(becomesCurrent('osVersion', of('imported', 4), undefined)).toBe(true)
})

test('what is recorded now wins over the same source at the same moment', () => {
  const kept = state(reading('supervised', of('mdm', 5)))
  expect(becomesCurrent('supervised', of('mdm', 5), kept)).toBe(true)
  expect(becomesCurrent('supervised', of('imported', 9, true), kept)).toBe(false)
})

test('a version alone makes the build unknown, with the reason', () => {
  const { osBuild } = withWholeOs(state(reading('osVersion', of('typed', 5))))
  expect(osBuild).toMatchObject({ value: undefined, answeredAt: at(5) })
  expect(osBuild?.unknownReason).toContain('was read without its build')
  const both = state(reading('osVersion', of('mdm', 5)), reading('osBuild', of('mdm', 5)))
  expect(withWholeOs(both)).toBe(both)
  expect(withWholeOs({})).toEqual({})
})
