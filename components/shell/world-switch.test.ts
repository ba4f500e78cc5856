import { expect, test } from 'vitest'
import { hasWorlds, worldOfPage } from './world-switch'

test.each([
  ['/devices', 'real', 'real'],
  ['/devices', null, 'simulated'],
  ['/trials', 'both', 'simulated'],
  ['/outcomes', 'simulated', 'simulated'],
  ['/contradictions', 'real', 'real'],
  ['/lab', 'real', 'simulated'],
  ['/settings', 'simulated', undefined],
  ['/devices-of-mine', null, undefined],
] as const)('%s with world=%s shows %s', (pathname, asked, shown) => {
  expect(worldOfPage(pathname, asked, 'simulated')).toBe(shown)
})

test('what belongs to both worlds has no world to switch', () => {
  expect(['/protocols', '/people', '/servers', '/settings'].filter(hasWorlds)).toEqual([])
})
