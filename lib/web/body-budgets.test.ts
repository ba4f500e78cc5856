import { expect, test } from 'vitest'
import { createHeldBodies } from './body-budgets'

test('beyond the budget the largest body on its way makes room, and none that is kept', () => {
  const lost: string[] = []
  const bodies = createHeldBodies(10)
  const [kept, large, small] = ['kept', 'large', 'small'].map((name) =>
    bodies.open(() => lost.push(name)),
  )
  expect(kept?.grow(5)).toBe(true)
  kept?.keep()
  expect(large?.grow(4)).toBe(true)
  expect(small?.grow(1)).toBe(true)
  expect(small?.grow(1)).toBe(true)
  expect(lost).toEqual(['large'])
  expect(large?.grow(1)).toBe(false)
  expect(small?.grow(4)).toBe(false)
  expect(lost).toEqual(['large', 'small'])
  kept?.release()
  kept?.release()
  expect(bodies.open(() => lost.push('next')).grow(10)).toBe(true)
  expect(lost).toEqual(['large', 'small'])
})
