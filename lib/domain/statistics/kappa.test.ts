import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type CountedPair, cohensKappa } from './kappa'

const pair = (first: string, second: string, pairs: number): CountedPair => ({
  ...{ first, second, pairs },
})

test('kappa is not defined without pairs, and where both said one category always', () => {
  expect(cohensKappa([])).toEqual({ defined: false, why: 'noPairs', pairs: 0, agreed: 0 })
  expect(cohensKappa([pair('a', 'a', 0)])).toMatchObject({ defined: false, why: 'noPairs' })
  expect(cohensKappa([pair('a', 'a', 40)])).toEqual({
    ...{ defined: false, why: 'oneCategory', pairs: 40, agreed: 40 },
  })
})

test('full agreement over two categories is 1, without an interval that would claim certainty', () => {
  expect(cohensKappa([pair('a', 'a', 3), pair('b', 'b', 4)])).toMatchObject({
    ...{ defined: true, kappa: 1, interval: undefined, pairs: 7, agreed: 7 },
  })
})

test('a reader who says one category always agrees no better than by chance', () => {
  const found = cohensKappa([pair('a', 'a', 7), pair('a', 'b', 3)])
  expect(found).toMatchObject({ defined: true, interval: undefined, agreed: 7 })
  expect(found.defined && Math.abs(found.kappa)).toBeLessThan(1e-12)
})

test('counts that are no counts are refused', () => {
  expect(() => cohensKappa([pair('a', 'b', -1)])).toThrow(/whole counts/)
  expect(() => cohensKappa([pair('a', 'b', 0.5)])).toThrow(/whole counts/)
  expect(() => cohensKappa([pair('a', 'b', 1)], 1)).toThrow(/level/)
})

const category = fc.constantFrom('a', 'b', 'c', 'd')
const readings = fc.array(fc.tuple(category, category), { maxLength: 40 })
const counted = (list: [string, string][]) => list.map(([first, second]) => pair(first, second, 1))

/** The definition, from the list of pairs itself: no tables and no shares of the code above. */
function byDefinition(list: [string, string][]): number | undefined {
  const agreed = list.filter(([first, second]) => first === second).length
  const chance = list
    .flatMap(([first]) => list.map(([, second]) => first === second))
    .filter(Boolean).length
  const n = list.length
  return chance === n * n ? undefined : (agreed * n - chance) / (n * n - chance)
}

test('for any pairs it is what the definition says, between -1 and 1, and inside of its interval', () => {
  fc.assert(
    fc.property(readings, (list) => {
      const found = cohensKappa(counted(list))
      const stated = byDefinition(list)
      expect(found.defined).toBe(stated !== undefined)
      if (!found.defined || stated === undefined) return
      expect(found.kappa).toBeCloseTo(stated, 10)
      expect(found.kappa).toBeGreaterThanOrEqual(-1)
      expect(found.kappa).toBeLessThanOrEqual(1 + 1e-12)
      const { low, high } = found.interval ?? { low: found.kappa, high: found.kappa }
      expect(low).toBeLessThanOrEqual(found.kappa)
      expect(high).toBeGreaterThanOrEqual(found.kappa)
      expect(low).toBeGreaterThanOrEqual(-1)
      expect(high).toBeLessThanOrEqual(1)
    }),
  )
})

test('neither the order of the pairs, nor how they are counted together, nor who is the first reader changes it', () => {
  fc.assert(
    fc.property(readings, (list) => {
      const found = cohensKappa(counted(list))
      const grouped = Map.groupBy(list, ([first, second]) => `${first}${second}`)
      const together = [...grouped].map(([key, all]) =>
        pair(key[0] ?? '', key[1] ?? '', all.length),
      )
      const swapped = list.map(([first, second]) => pair(second, first, 1))
      for (const same of [together, swapped, counted(list.toReversed())]) {
        const other = cohensKappa(same)
        expect(other).toMatchObject({ defined: found.defined, agreed: found.agreed })
        if (!found.defined || !other.defined) continue
        expect(other.kappa).toBeCloseTo(found.kappa, 10)
        expect(other.standardError).toBeCloseTo(found.standardError, 6)
      }
    }),
  )
})
