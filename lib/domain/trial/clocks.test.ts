import { expect, test } from 'vitest'
import { keptReportTopic } from '../declaration/kept-reports'
import { differenceWords, serverClock } from './clocks'

const at = (ms: number) => new Date(Date.UTC(2026, 2, 2, 9) + ms)

test('the message with the shortest way tells the clock of the MDM server', () => {
  const messages = [
    { createdAt: at(0), receivedAt: at(900), topic: 'mdm.Connect' },
    { createdAt: at(1000), receivedAt: at(1200), topic: null },
    { createdAt: null, receivedAt: at(1300), topic: null },
    // It was written by another clock, and read when somebody pressed for it.
    { createdAt: at(1300), receivedAt: at(1300), topic: keptReportTopic },
  ]
  expect(serverClock(messages)).toEqual({ aheadMs: -200, messages: 2 })
})

test('where no message names its time, nothing is known', () => {
  expect(serverClock([])).toBeUndefined()
  expect(serverClock([{ createdAt: null, receivedAt: at(0), topic: null }])).toBeUndefined()
  const kept = { createdAt: at(0), receivedAt: at(7_200_000), topic: keptReportTopic }
  expect(serverClock([kept])).toBeUndefined()
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
