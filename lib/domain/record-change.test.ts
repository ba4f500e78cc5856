import { expect, test } from 'vitest'
import { changesAround, changeWords, groupChanges } from './record-change'

const at = (ms: number) => new Date(1_700_000_000_000 + ms)
const entry = (ms: number, by: string, table: string) => ({ at: at(ms), by, table })

const entries = [
  entry(5000, 'Lee', 'signatures'),
  entry(4999, 'Lee', 'trials'),
  entry(4998, 'Erin', 'observations'),
  entry(1001, 'Erin', 'trial_events'),
  entry(1000, 'Erin', 'trials'),
  entry(999, 'Erin', 'trials'),
]

test('entries of one person at one moment are one change, complete at its last entry', () => {
  const changes = groupChanges(entries)
  expect(changes).toEqual([
    { at: at(5000), by: 'Lee', tables: ['signatures', 'trials'] },
    { at: at(4998), by: 'Erin', tables: ['observations'] },
    { at: at(1001), by: 'Erin', tables: ['trial_events', 'trials'] },
  ])
  expect(changes.map(changeWords)).toEqual([
    'the trial, a signature',
    'an observation',
    'the trial, a step',
  ])
})

test.each([
  [9000, 4998, undefined],
  [5000, 4998, undefined],
  [4999, 1001, 5000],
  [1001, undefined, 4998],
  [5, undefined, 1001],
])('at %i the change before is %s and the next %s', (ms, before, after) => {
  const times = (one: number | undefined) => (one === undefined ? undefined : at(one))
  expect(changesAround(groupChanges(entries), at(ms))).toEqual({
    before: times(before),
    after: times(after),
  })
})

test('a record without a change has none before and none after', () => {
  expect(changesAround([], at(0))).toEqual({ before: undefined, after: undefined })
})
