import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { placeOf, placesAfterMove, queuePriorities } from './queue'

test('the check of a fix comes before every other trial, and among equals who came first', () => {
  const [early, late] = [new Date('2020-01-01T00:00:00Z'), new Date('2090-01-01T00:00:00Z')]
  expect(placeOf('verification', late)).toBeLessThan(placeOf('usual', early))
  expect(placeOf('usual', early)).toBeLessThan(placeOf('usual', late))
})

type Moved = ReturnType<typeof placesAfterMove>
const placesAfter = (places: readonly number[], moved: Moved) =>
  places.map((place, at) => moved.find((one) => one.at === at)?.place ?? place)
/** The old positions in their new order. */
const orderAfter = (places: readonly number[], moved: Moved) =>
  placesAfter(places, moved)
    .map((place, index) => ({ index, place }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ index }) => index)

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
        const moved = placesAfterMove(places, at, to)
        if (places[other] === undefined) {
          expect(moved).toEqual([])
          return
        }
        const order = orderAfter(places, moved)
        const wanted = places.map((_, index) => index)
        wanted[at] = other
        wanted[other] = at
        // The entry that was passed has the other's place in the order, and all others their own.
        expect(order).toEqual(wanted)
      },
    ),
  )
})

test('places never run out, however often entries pass one another', () => {
  const joinedAt = new Date('2026-03-02T09:00:00Z')
  let places = [0, 1, 2, 3].map((n) => placeOf('usual', joinedAt) + n * 60_000)
  for (let move = 0; move < 500; move++) {
    // The last one passes the one before it, again and again: the gap above them halves each time.
    const moved = placesAfterMove(places, 3, 'up')
    expect(orderAfter(places, moved)).toEqual([0, 1, 3, 2])
    places = placesAfter(places, moved).toSorted((a, b) => a - b)
    expect(new Set(places).size).toBe(4)
  }
  // Whoever joins an hour later still comes behind all of them.
  expect(places.at(-1)).toBeLessThan(placeOf('usual', joinedAt) + 3_600_000)
})

test('of entries with one place the moved one gets its own', () => {
  expect(orderAfter([5, 5, 5], placesAfterMove([5, 5, 5], 2, 'up'))).toEqual([0, 2, 1])
})
