import { expect, test } from 'vitest'
import type { LabAction } from './actions'
import { fitsAction, labActions, listObstacles, obstacleTo } from './actions'
import { deviceTagged, handheld, updateOf } from './testing'

test.each<[LabAction, string, string]>([
  ['setBattery', 'B-12', 'Apple TV has no battery'],
  ['setPasscode', 'B-12', 'Apple TV has no passcode'],
  ['lock', 'B-01', 'Without a passcode nothing is locked'],
  ['enterPasscode', 'B-03', 'No prompt for an update is showing'],
  ['chooseTonight', 'B-03', 'No prompt for an update is showing'],
  ['plugIn', 'B-01', 'It is plugged in already'],
  ['removePasscode', 'B-01', 'No passcode is set'],
])('%s on %s is refused: %s', (action, labTag, reason) => {
  const before = deviceTagged(labTag)
  const bench = handheld(before)
  expect(bench.act(action)).toBe(reason)
  expect(bench.device()).toEqual(before)
  expect(listObstacles(before)[action]).toBe(reason)
})

test.each<[LabAction, number | string | undefined, boolean]>([
  ['setBattery', 0, true],
  ['setBattery', 1, true],
  ['setBattery', 50, false],
  ['setBattery', '0.5', false],
  ['setBattery', undefined, false],
  ['setNetwork', 'cellular', true],
  ['setNetwork', 'lte', false],
  ['freeDisk', 20, true],
  ['freeDisk', 5000, false],
  ['plugIn', undefined, true],
  ['plugIn', 1, false],
])('%s takes %s: %s', (action, value, fits) => {
  expect(fitsAction(deviceTagged('B-01'), action, value)).toBe(fits)
})

test('a device that restarts into its update cannot be polled or enrolled anew', () => {
  const bench = handheld(deviceTagged('B-01'))
  bench.send('ScheduleOSUpdate', updateOf('Default'))
  bench.wait()
  bench.send('ScheduleOSUpdate', updateOf('Default'))
  bench.wait()
  expect(bench.device().update?.phase).toBe('dark')
  for (const action of ['poll', 'reenrol'] as const)
    expect(obstacleTo(bench.device(), action)).toBe('The device is restarting into its update')
})

test('no action throws on any device in its first state', () => {
  for (const labTag of ['B-01', 'B-03', 'B-12'])
    for (const action of labActions)
      expect(() => handheld(deviceTagged(labTag)).act(action, 1)).not.toThrow()
})
