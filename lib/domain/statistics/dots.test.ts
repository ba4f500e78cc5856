import { expect, test } from 'vitest'
import { maxDots, maxDotsInRow, rowsWithDots } from './dots'

const own = (n: number) => n

test('a row with more trials than can be told apart has no dots at all', () => {
  expect(rowsWithDots([5, maxDotsInRow, maxDotsInRow + 1, 0], own)).toEqual({
    drawn: [5, maxDotsInRow, 0],
    tooMany: [maxDotsInRow + 1],
  })
  expect(rowsWithDots([], own)).toEqual({ drawn: [], tooMany: [] })
})

test('many rows are drawn until there are too many dots in all, and a smaller one after that is still drawn', () => {
  const rows = [...Array<number>(maxDots / maxDotsInRow).fill(maxDotsInRow - 1), 50, 10]
  const { drawn, tooMany } = rowsWithDots(rows, own)
  expect(tooMany).toEqual([50])
  expect(drawn.reduce((sum, n) => sum + n)).toBeLessThanOrEqual(maxDots)
})
