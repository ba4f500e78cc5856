import { expect, test } from 'vitest'
import { fieldLabel, fieldPath, readFieldPath, singleFields } from './review-field'

test.each(['outcome', 'expectation', 'startingState.batteryLevel', 'observation.12', 'reply.7'])(
  '%s is a field, and its path is the same when written again',
  (path) => {
    const field = readFieldPath(path)
    expect(field && fieldPath(field)).toBe(path)
  },
)

test.each([
  '',
  'state',
  'outcome.1',
  'startingState',
  'startingState.colour',
  'observation',
  'observation.0',
  'observation.-1',
  'observation.1.2',
  'observation.1e3',
  'toString',
  '__proto__',
])('“%s” names no field', (path) => {
  expect(readFieldPath(path)).toBeUndefined()
})

test('every field has a label, and single fields have different ones', () => {
  const labels = singleFields.map(fieldLabel)
  expect(new Set(labels).size).toBe(labels.length)
  expect(fieldLabel({ kind: 'startingState', reading: 'batteryLevel' })).toBe(
    'Starting state: Battery',
  )
  expect(fieldLabel({ kind: 'observation', id: 12 })).toBe('Observation 12')
})
