import { expect, test } from 'vitest'
import { environmentOfPage, hasEnvironments } from './environment-switch'

test.each([
  ['/devices', 'real', 'real'],
  ['/devices', null, 'simulated'],
  ['/trials', 'both', 'simulated'],
  ['/outcomes', 'simulated', 'simulated'],
  ['/contradictions', 'real', 'real'],
  ['/plan/queue', null, 'simulated'],
  ['/radars', 'real', 'real'],
  ['/lab', 'real', 'simulated'],
  ['/settings', 'simulated', undefined],
  ['/devices-of-mine', null, undefined],
] as const)('%s with environment=%s shows %s', (pathname, asked, shown) => {
  expect(environmentOfPage(pathname, asked, 'simulated')).toBe(shown)
})

test('what belongs to both environments has no environment to switch', () => {
  expect(['/protocols', '/people', '/servers', '/settings'].filter(hasEnvironments)).toEqual([])
})
