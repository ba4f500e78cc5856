import { expect, test } from 'vitest'
import { roles } from './account/permissions'
import { totalWaiting, type WaitingCounts, waitingFor, waitingKinds } from './waiting'

const counts = (of: (index: number) => number): WaitingCounts =>
  // fromEntries loses the type of the keys; waitingKinds has every kind once.
  Object.fromEntries(waitingKinds.map((kind, index) => [kind, of(index)])) as WaitingCounts

const seenBy = (role: (typeof roles)[number]) =>
  waitingFor(
    { id: 'x', name: 'X', role },
    counts(() => 1),
  ).map(({ kind }) => kind)

test('each role is shown what it can do something about', () => {
  expect(seenBy('viewer')).toEqual([])
  expect(seenBy('admin')).toEqual(['servers'])
  expect(seenBy('engineer')).toEqual([
    'unconfirmed',
    'deadlines',
    'counterSignatures',
    'turns',
    'gaps',
    'secondReadings',
    'queriesToAnswer',
    'queriesToClose',
    'handOvers',
    'newErrors',
    'untagged',
  ])
  expect(seenBy('lead')).toEqual(waitingKinds.filter((kind) => kind !== 'servers'))
})

test('nothing waiting is an empty list, not lines of zero', () => {
  for (const role of roles)
    expect(
      waitingFor(
        { id: 'x', name: 'X', role },
        counts(() => 0),
      ),
    ).toEqual([])
})

test('a line counts in words of one or of many, and the total is the sum of what is shown', () => {
  const lead = { id: 'l1', name: 'Lee', role: 'lead' } as const
  const items = waitingFor(lead, { ...counts(() => 0), reviews: 1, losses: 1200, servers: 4 })
  expect(items.map(({ title }) => title)).toEqual([
    '1,200 updates outside a trial',
    '1 trial to review and approve',
  ])
  expect(totalWaiting(items)).toBe(1201)
})

test('reviews and locks are counted so far and said to be more', () => {
  const lead = { id: 'l1', name: 'Lee', role: 'lead' } as const
  const items = waitingFor(lead, { ...counts(() => 0), reviews: 501, locks: 500 })
  expect(items.map(({ title }) => title)).toEqual([
    'More than 500 trials to review and approve',
    '500 approved trials to lock',
  ])
})
