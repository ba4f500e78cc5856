import { expect, test } from 'vitest'
import { hostileCases } from './hostile'
import { readWatched } from './judge'

const named = hostileCases.map((hostile) => [hostile.name, hostile] as const)

test.each(named)('F23: %s', (_, { bytes, verdict }) => {
  const { reading, ms, logged } = readWatched(bytes)
  expect(logged).toEqual([])
  expect(ms).toBeLessThan(2000)
  if ('unreadable' in verdict)
    expect(reading).toEqual({ ok: false, reason: expect.stringMatching(verdict.unreadable) })
  else
    expect(reading).toEqual({
      ok: true,
      value: verdict.value,
      oddities: verdict.oddities.map((path) => expect.objectContaining({ path })),
    })
})

test('there are at least 200 hostile plists, with unique names', () => {
  const names = hostileCases.map(({ name }) => name)
  expect(names.length).toBeGreaterThanOrEqual(200)
  expect(new Set(names).size).toBe(names.length)
})

test('every rule of the strict reader has hostile plists', () => {
  // S10 also covers S2 (memory that would leak), every test above S13, and lib/mdm/plist/plist.test.ts S16.
  const rules = new Set(hostileCases.map(({ name }) => name.split(':')[0]))
  const expected = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15].map((rule) => `S${rule}`)
  expect([...rules].sort()).toEqual(expected.sort())
})
