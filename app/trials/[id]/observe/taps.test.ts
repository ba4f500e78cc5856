import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import {
  countWaiting,
  forgetKept,
  keptPlaceOf,
  readKept,
  store,
} from '@/components/forms/browser-store'
import { keepBench, listBenches } from './kept-bench'
import {
  answerMs,
  clockProblem,
  nextDue,
  nextOf,
  openQueue,
  placeAfter,
  queueProblem,
  type Tap,
  tapWords,
} from './taps'

const tap = (nonce: string, more: Partial<Tap> = {}): Tap => ({
  ...{ kind: 'progressBar', at: '2026-11-23T09:00:00.000Z', nonce, dueAt: 0, place: 1 },
  ...more,
})

/** A localStorage, whose keys are its own properties as in a browser. */
class Stored {
  [key: string]: unknown
  getItem(key: string) {
    return this[key] ?? null
  }
  setItem(key: string, text: string) {
    this[key] = text
  }
  removeItem(key: string) {
    delete this[key]
  }
}

let stored: Stored
beforeEach(() => {
  stored = new Stored()
  vi.stubGlobal('localStorage', stored)
})
afterEach(() => {
  vi.unstubAllGlobals()
})

test('a tap is sent once its undo is over, and never before an earlier one', () => {
  const taps = [tap('a', { dueAt: 100 }), tap('b', { dueAt: 50 })]
  expect(nextDue(taps, 60)).toBeUndefined()
  expect(nextDue(taps, 100)?.nonce).toBe('a')
  expect(nextDue(taps.slice(1), 60)?.nonce).toBe('b')
})

test('a refused tap and one that is being changed stay, and hold nothing up', () => {
  const taps = [tap('a', { problem: 'the trial is concluded' }), tap('b', { held: true }), tap('c')]
  expect(nextDue(taps, 1)?.nonce).toBe('c')
  expect(nextOf(taps)?.nonce).toBe('c')
})

test('a clock that was put back by a day delays no tap', () => {
  expect(nextDue([tap('a', { dueAt: 86_400_000 })], 0)?.nonce).toBe('a')
  expect(nextDue([tap('a', { dueAt: 4_000 })], 0)).toBeUndefined()
})

test('taps outlive a reload in their order, for their person and trial alone', () => {
  const queue = openQueue('erin', 't1')
  for (const nonce of ['b', 'a', 'c']) queue.put(tap(nonce, { place: placeAfter(queue.list()) }))
  expect(
    openQueue('erin', 't1')
      .list()
      .map(({ nonce }) => nonce),
  ).toEqual(['b', 'a', 'c'])
  expect(openQueue('ada', 't1').list()).toEqual([])
  expect(openQueue('erin', 't2').list()).toEqual([])
  expect(countWaiting('erin')).toBe(3)
  queue.drop('a')
  queue.put(tap('c', { place: 3, problem: 'the trial is concluded' }))
  expect(queue.list()).toMatchObject([
    { nonce: 'b' },
    { nonce: 'c', problem: 'the trial is concluded' },
  ])
  expect(queue.isKept()).toBe(true)
})

test('two tabs that add at the same time lose neither tap', () => {
  const [one, other] = [openQueue('erin', 't1'), openQueue('erin', 't1')]
  const before = one.list()
  one.put(tap('a', { place: placeAfter(before) }))
  other.put(tap('b', { place: placeAfter(before) }))
  expect(one.list().map(({ nonce }) => nonce)).toEqual(['a', 'b'])
})

test('an answer changes or drops the tap that was sent', () => {
  const queue = openQueue('erin', 't1')
  for (const nonce of ['a', 'b']) queue.put(tap(nonce))
  const [first, second] = queue.list()
  queue.settle(first ?? tap('a'), { problem: 'the trial is concluded' })
  queue.settle(second ?? tap('b'))
  expect(queue.list()).toEqual([tap('a', { problem: 'the trial is concluded' })])
})

test('an answer leaves alone what another tab has changed or taken back since it was sent', () => {
  const [one, other] = [openQueue('erin', 't1'), openQueue('erin', 't1')]
  for (const nonce of ['a', 'b']) one.put(tap(nonce))
  const sent = one.list()
  const changed = tap('a', { text: 'at the second try' })
  other.put(changed)
  other.drop('b')
  for (const more of [{ dueAt: 5_000 }, { problem: 'the trial is concluded' }, undefined])
    for (const tap of sent) one.settle(tap, more)
  expect(one.list()).toEqual([changed])
})

test('one that is on its way from any tab is sent by no other, and is not taken back', () => {
  const [one, other] = [openQueue('erin', 't1'), openQueue('erin', 't1')]
  for (const nonce of ['a', 'b']) one.put(tap(nonce))
  const sent = tap('a', { sentAt: 1_000 })
  one.put(sent)
  expect(nextDue(other.list(), 1_000)).toBeUndefined()
  other.undo('a')
  other.undo('b')
  expect(other.list()).toEqual([sent])
  one.settle(sent)
  expect(other.list()).toEqual([])
})

test('one whose tab was closed before the answer goes on, and says that it may be in the record', () => {
  const queue = openQueue('erin', 't1')
  const sent = tap('a', { sentAt: 1_000 })
  queue.put(sent)
  queue.expire(1_000 + answerMs)
  expect(queue.list()).toEqual([sent])
  queue.expire(1_001 + answerMs)
  expect(queue.list()).toEqual([tap('a', { unanswered: true })])
  expect(nextDue(queue.list(), 1_001 + answerMs)?.nonce).toBe('a')
  // The clock of the browser was put back.
  queue.put(sent)
  queue.expire(999)
  expect(queue.list()).toEqual([tap('a', { unanswered: true })])
})

test('a tap that is changed when the browser is full is there once, as it is now', () => {
  const queue = openQueue('erin', 't1')
  queue.put(tap('a'))
  vi.spyOn(stored, 'setItem').mockImplementation(() => {
    throw new Error('full')
  })
  const held = tap('a', { held: true })
  queue.put(held)
  expect(queue.list()).toEqual([held])
  expect(queue.isKept()).toBe(false)
  queue.drop('a')
  expect(queue.list()).toEqual([])
})

test.each([
  'no JSON',
  'null',
  '{"kind":"progressBar"}',
  '{"kind":"aCatWalkedBy","at":"","nonce":"a","dueAt":1,"place":1}',
])('%s in the store is no tap', (text) => {
  stored.setItem('oneway.waiting/erin/t1/a', text)
  expect(openQueue('erin', 't1').list()).toEqual([])
})

test.each([
  undefined,
  {
    getItem: () => null,
    setItem: () => {
      throw new Error('full')
    },
    removeItem: () => undefined,
  },
])('a browser that stores nothing keeps them in the open page, and says so', (storage) => {
  vi.stubGlobal('localStorage', storage)
  const queue = openQueue('erin', 't1')
  queue.put(tap('a'))
  expect(queue.list()).toHaveLength(1)
  expect(queue.isKept()).toBe(false)
  queue.drop('a')
  expect(queue.list()).toEqual([])
})

test('a tap whose clock was changed since is not sent with a time that may be wrong', () => {
  const day = 24 * 3_600_000
  expect(clockProblem(tap('a', { aheadMs: 500 }), 3_500)).toBeUndefined()
  expect(clockProblem(tap('a', { aheadMs: 500 }), day)).toMatch(
    /clock of this browser was changed by 1 d since/,
  )
  // A time that somebody typed does not come from the clock.
  expect(clockProblem(tap('a'), day)).toBeUndefined()
})

test.each([
  [{ kind: 'newOsSeen' as const }, 'osVersion'],
  [{ kind: 'other' as const, text: ' ' }, 'text'],
  [{ kind: 'stepNotDone' as const, step: 2, text: '' }, 'note'],
  [{ kind: 'stepDone' as const, step: 1 }, 'step'],
  [{ correctsId: 8, reason: 'short' }, 'reason'],
  [{ correctsId: 7, reason: 'it was another device' }, 'correctsId'],
  [{ correctsId: 8, reason: 'the reason that waits' }, 'reason'],
  [{ at: '' }, 'observedAt'],
])('without a connection %o is refused at its field', (entry, field) => {
  const waiting = [
    tap('a', { kind: 'stepDone', step: 1 }),
    tap('b', { correctsId: 7, reason: 'the reason that waits' }),
  ]
  expect(queueProblem(waiting, { ...tap('c'), ...entry })).toMatchObject({ field })
  expect(
    queueProblem(waiting, tap('c', { correctsId: 8, reason: 'it was another device' })),
  ).toBeUndefined()
})

test('what waits is named as what it will be', () => {
  expect(tapWords({ kind: 'stepNotDone', step: 3, correctsId: undefined })).toBe('Step 3 not done')
  expect(tapWords({ kind: 'promptShown', step: undefined, correctsId: 4 })).toBe(
    'Correction: Prompt shown',
  )
})

test('what is kept of pages goes with its person, and what waits stays', () => {
  openQueue('erin', 't1').put(tap('a'))
  store(`${keptPlaceOf('erin')}t1`, { trial: 1 })
  store(`${keptPlaceOf('ada')}t1`, { trial: 2 })
  forgetKept('erin')
  expect(readKept()).toEqual([{ trial: 1 }])
  forgetKept()
  expect(readKept()).toEqual([])
  expect(openQueue('erin', 't1').list()).toHaveLength(1)
})

/** Keeps a bench that the server wrote at a moment, by a clock that agrees with this browser's. */
const keep = (trialId: string, at: Date) =>
  keepBench({
    ...{ number: 1, deviceWords: 'O-8', simulated: true, logged: [], aheadMs: 0 },
    person: { id: 'erin', name: 'Erin' },
    bench: {
      ...{ trialId, serverNow: at.toISOString(), releasedAt: undefined, deadlineAt: undefined },
      ...{ steps: [], kinds: [], open: undefined, reason: undefined },
    },
  })

test('of the benches that are kept, old ones and more than twenty are deleted', () => {
  const now = Date.now()
  keep('old', new Date(now - 8 * 86_400_000))
  for (let n = 1; n <= 21; n += 1) keep(`t${n}`, new Date(now - (30 - n) * 60_000))
  const kept = listBenches().map(({ bench }) => bench.trialId)
  expect(kept).toEqual(Array.from({ length: 20 }, (_, n) => `t${21 - n}`))
  expect(readKept()).toHaveLength(20)
})
