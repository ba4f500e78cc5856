import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { placeAfterMove, placeOf, queuePriorities } from './queue'

test('the check of a fix comes before every other trial, and among equals who came first', () => {
  const [early, late] = [new Date('2020-01-01T00:00:00Z'), new Date('2090-01-01T00:00:00Z')]
  expect(placeOf('verification', late)).toBeLessThan(placeOf('usual', early))
  expect(placeOf('usual', early)).toBeLessThan(placeOf('usual', late))
})

test('a move passes one neighbour and nobody else, and none leads out of the queue', () => {
  const joined = fc.record({
    priority: fc.constantFrom(...queuePriorities),
    at: fc.integer({ min: 0, max: 4e12 }),
  })
  fc.assert(
    fc.property(
      fc.uniqueArray(joined, { minLength: 1, maxLength: 9, selector: ({ at }) => at }),
      fc.nat(8),
      fc.constantFrom('up', 'down'),
      (entries, which, to) => {
        const places = entries
          .map(({ priority, at }) => placeOf(priority, new Date(at)))
          .toSorted((a, b) => a - b)
        const at = which % places.length
        const other = at + (to === 'up' ? -1 : 1)
        const place = placeAfterMove(places, at, to)
        if (places[other] === undefined) {
          expect(place).toBeUndefined()
          return
        }
        const moved = places.map((one, index) => ({ index, place: index === at ? place : one }))
        const order = moved
          .toSorted((a, b) => (a.place ?? 0) - (b.place ?? 0))
          .map(({ index }) => index)
        const wanted = places.map((_, index) => index)
        wanted[at] = other
        wanted[other] = at
        // The entry that was passed has the other's place in the order, and all others their own.
        expect(order).toEqual(wanted)
      },
    ),
  )
})
