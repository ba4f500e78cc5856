import { expect, test } from 'vitest'
import { minutesInWords, minuteTicks } from './minutes'

test.each([
  [0, '0 min'],
  [0.25, '0.25 min'],
  [34, '34 min'],
  [119, '119 min'],
  [120, '2 h'],
  [1500, '25 h'],
  [4320, '3 d'],
])('%f minutes are %s', (minutes, words) => {
  expect(minutesInWords(minutes)).toBe(words)
})

test.each([0, 0.5, 1, 7, 60, 61, 1441, 20_000, 1_000_000])(
  'an axis up to %f minutes has at most seven round times',
  (longest) => {
    const ticks = minuteTicks(longest)
    expect(ticks[0]).toBe(0)
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(longest)
    expect(ticks.length).toBeLessThanOrEqual(7)
    expect(new Set(ticks.slice(1).map((tick, at) => tick - (ticks[at] ?? 0))).size).toBe(1)
  },
)
