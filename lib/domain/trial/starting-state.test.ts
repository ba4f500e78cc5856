import { expect, test } from 'vitest'
import { freezeState } from './starting-state'

test('a frozen state survives JSON without losing a value, a source or a time', () => {
  const answeredAt = new Date('2026-03-02T09:00:00Z')
  const frozen = freezeState({
    osVersion: { id: '1', field: 'osVersion', value: '11.3', source: 'mdm', answeredAt },
    batteryLevel: {
      id: '2',
      field: 'batteryLevel',
      value: undefined,
      unknownReason: 'BatteryLevel is -1',
      source: 'typed',
      askedAt: answeredAt,
      answeredAt,
      by: 'Ada',
    },
  })
  expect(JSON.parse(JSON.stringify(frozen))).toEqual({
    osVersion: {
      id: '1',
      field: 'osVersion',
      value: '11.3',
      source: 'mdm',
      answeredAt: '2026-03-02T09:00:00.000Z',
    },
    batteryLevel: {
      id: '2',
      field: 'batteryLevel',
      unknownReason: 'BatteryLevel is -1',
      source: 'typed',
      askedAt: '2026-03-02T09:00:00.000Z',
      answeredAt: '2026-03-02T09:00:00.000Z',
      by: 'Ada',
    },
  })
})
