import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { answerable, assign } from './assignment'

const able = (...cells: string[]) => ({ cells })

test('3 questions and 2 devices: one question stays open', () => {
  expect(answerable(['a', 'b', 'c'], [able('a', 'b', 'c'), able('a', 'b')])).toEqual({
    questions: 3,
    devices: 2,
    answerable: 2,
  })
})

test('a device gives way to one that can answer nothing else', () => {
  // Taken in order, the first device would answer a and leave b to nobody.
  expect(answerable(['a', 'b'], [able('a', 'b'), able('a')])).toMatchObject({ answerable: 2 })
  expect(answerable(['a', 'b'], [able('z')])).toEqual({ questions: 2, devices: 0, answerable: 0 })
  expect(answerable([], [able('a')])).toEqual({ questions: 0, devices: 0, answerable: 0 })
})

test('a question gets no more trials than it wants or than there are devices', () => {
  const devices = [able('a'), able('a', 'b'), able('a', 'b')]
  expect(
    assign(
      [
        { cell: 'a', trials: 2 },
        { cell: 'b', trials: 5 },
        { cell: 'c', trials: 1 },
      ],
      devices,
    ),
  ).toEqual(
    new Map([
      ['a', 2],
      ['b', 1],
      ['c', 0],
    ]),
  )
})

const cells = ['a', 'b', 'c']
const devicesOf = fc.array(fc.subarray(cells), { maxLength: 6 })

test('as many questions are answered as by trying every choice', () => {
  fc.assert(
    fc.property(devicesOf, (drawn) => {
      const devices = drawn.map((own) => able(...own))
      expect(answerable(cells, devices).answerable).toBe(best(cells, drawn))
    }),
  )
})

function best(open: readonly string[], devices: readonly (readonly string[])[]): number {
  const [first, ...rest] = devices
  if (!first || open.length === 0) return 0
  const used = first
    .filter((cell) => open.includes(cell))
    .map(
      (cell) =>
        1 +
        best(
          open.filter((other) => other !== cell),
          rest,
        ),
    )
  return Math.max(best(open, rest), ...used)
}
