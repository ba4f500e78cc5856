import { expect, test } from 'vitest'
import { differenceWords, serverClock } from './clocks'

const at = (ms: number) => new Date(Date.UTC(2026, 2, 2, 9) + ms)

test('the message with the shortest way tells the clock of the MDM server', () => {
  const messages = [
    { createdAt: at(0), receivedAt: at(900) },
    { createdAt: at(1000), receivedAt: at(1200) },
    { createdAt: null, receivedAt: at(1300) },
  ]
  expect(serverClock(messages)).toEqual({ aheadMs: -200, messages: 2 })
})

test('where no message names its time, nothing is known', () => {
  expect(serverClock([])).toBeUndefined()
  expect(serverClock([{ createdAt: null, receivedAt: at(0) }])).toBeUndefined()
})

test.each([
  [-800, 'within 1 s of'],
  [1000, 'within 1 s of'],
  [40_000, 'about 40 s ahead of'],
  [-180_000, 'about 3 min behind'],
  [-7_200_000, 'about 2 h behind'],
  [86_400_000, 'about 24 h ahead of'],
  [259_200_000, 'about 3 d ahead of'],
])('%d ms are %s', (ms, words) => {
  expect(differenceWords(ms, 1000)).toBe(words)
})
