import { expect, test } from 'vitest'
import { silenceWaitMs } from './server-check'

test('a server that does not answer is not contacted for longer each time, up to a minute', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1_000_000].map(silenceWaitMs)
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000))
})
