import { expect, test } from 'vitest'
import { clockSpan, minutesInWords } from './spans'

test.each([
  [120_000, '2:00'],
  [119_001, '2:00'],
  [59_000, '0:59'],
  [7_200_000, '2:00:00'],
  [3_661_000, '1:01:01'],
  [0, '0:00'],
  [-5_000, '0:00'],
])('%d ms are shown as %s', (ms, shown) => {
  expect(clockSpan(ms)).toBe(shown)
})

test.each([
  [45, '45 min'],
  [120, '2 h'],
  [1620, '1 d 3 h'],
  [0, '0 min'],
])('%d minutes are said as %s', (minutes, said) => {
  expect(minutesInWords(minutes)).toBe(said)
})
