import { expect, test } from 'vitest'
import { hostileCases } from './hostile'
import { readWatched } from './judge'

const named = hostileCases.map((hostile) => [hostile.name, hostile] as const)

test.each(named)('F23: %s', (_, { bytes, verdict }) => {
  const { reading, ms, said } = readWatched(bytes)
  expect(said).toEqual([])
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

test('the hostile plists are many, and no two have one name', () => {
  const names = hostileCases.map(({ name }) => name)
  expect(names.length).toBeGreaterThanOrEqual(200)
  expect(new Set(names).size).toBe(names.length)
})

test('every rule of the strict reader has its hostile plists', () => {
  // S2 shows in S10 (memory that would leak), S13 in every test above, S16 in lib/mdm/plist/plist.test.ts.
  const rules = new Set(hostileCases.map(({ name }) => name.split(':')[0]))
  const expected = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15].map((rule) => `S${rule}`)
  expect([...rules].sort()).toEqual(expected.sort())
})
