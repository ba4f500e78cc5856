import { expect, test } from 'vitest'
import { wholeTicks } from './version-axis'

test.each([
  [4, [0, 1, 2, 3, 4]],
  [5, [0, 1, 2, 3, 4, 5]],
  [7, [0, 2, 4, 6, 8]],
  [40, [0, 7, 14, 21, 28, 35, 42]],
])('a count axis up to %i has whole numbers with one step between them', (top, ticks) => {
  expect(wholeTicks(top)).toEqual(ticks)
})
