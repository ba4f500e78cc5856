import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { changed, keepTaps, nextDue, readTaps, type Tap, without } from './taps'

const tap = (nonce: string, dueAt: number, more: Partial<Tap> = {}): Tap => ({
  ...{ kind: 'progressBar', at: '2026-11-23T09:00:00.000Z', nonce, dueAt },
  ...more,
})

const stored = new Map<string, string>()
beforeEach(() =>
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, text: string) => void stored.set(key, text),
    removeItem: (key: string) => void stored.delete(key),
  }),
)
afterEach(() => {
  vi.unstubAllGlobals()
  stored.clear()
})

test('a tap is sent once its undo is over, and never before an earlier one', () => {
  const taps = [tap('a', 100), tap('b', 50)]
  expect(nextDue(taps, 60)).toBeUndefined()
  expect(nextDue(taps, 100)?.nonce).toBe('a')
  expect(nextDue(without(taps, 'a'), 60)?.nonce).toBe('b')
})

test('a refused tap stays and holds nothing up', () => {
  const taps = changed([tap('a', 0), tap('b', 0)], 'a', { problem: 'the trial is concluded' })
  expect(nextDue(taps, 1)?.nonce).toBe('b')
  expect(taps[0]?.problem).toBe('the trial is concluded')
})

test('taps outlive a reload, for their person and trial alone', () => {
  keepTaps('erin/t1', [tap('a', 1), tap('b', 2)])
  expect(readTaps('erin/t1')).toEqual([tap('a', 1), tap('b', 2)])
  expect(readTaps('ada/t1')).toEqual([])
  keepTaps('erin/t1', [])
  expect(stored.size).toBe(0)
})

test.each([
  'no JSON',
  '{"kind":"progressBar"}',
  '[null, 7, {"kind":"progressBar"}, {"kind":"aCatWalkedBy","at":"","nonce":"a","dueAt":1}]',
])('%s in the store is no tap', (text) => {
  stored.set('oneway.sightings/erin/t1', text)
  expect(readTaps('erin/t1')).toEqual([])
})

test('a browser that stores nothing has no stored taps, and keeping one fails nothing', () => {
  vi.stubGlobal('localStorage', undefined)
  expect(readTaps('erin/t1')).toBeUndefined()
  expect(() => keepTaps('erin/t1', [tap('a', 1)])).not.toThrow()
})
