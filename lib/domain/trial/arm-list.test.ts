import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type ArmList, armAt, armBlock, armsUpTo } from './arm-list'

const sha256 = (text: string) => createHash('sha256').update(text).digest()
const list = (
  seed: string,
  stratum: string,
  arms: Record<string, number>,
  blocks: number[],
): ArmList => ({
  ...{ seed, stratum, blocks },
  arms: Object.entries(arms).map(([name, weight]) => ({ name, weight })),
})
const words = (text: string) => text.split(' ')

// Written by the Python program of docs/protocols.md, which shares no code with this one.
test.each([
  [list('0'.repeat(64), '{}', { A: 1, B: 1 }, [1]), ['B A', 'A B', 'A B', 'A B', 'B A']],
  [
    list('5eed'.repeat(16), '{"model":"iPhone8,1","version":"11.4"}', { set: 1, none: 1 }, [1, 2]),
    ['set none', 'none set', 'none set', 'set none', 'set none'],
  ],
  [
    list(
      '5eed'.repeat(16),
      '{"model":"iPhone8,1","version":"11.4.1"}',
      { set: 1, none: 1 },
      [1, 2],
    ),
    ['set none none set', 'none set', 'set none', 'set none', 'none none set set'],
  ],
  [
    list('f'.repeat(64), '{"version":"12.1"}', { Läuft: 2, B: 1, C: 3 }, [1, 2, 3]),
    [
      'C B Läuft Läuft C C',
      'C C Läuft C B Läuft B Läuft C B C C Läuft C C Läuft Läuft C',
      'Läuft Läuft C B C C',
      'Läuft C Läuft B C C B C Läuft Läuft C C B C C C Läuft Läuft',
      'Läuft Läuft B Läuft C C Läuft B C C Läuft C Läuft C C B C C',
    ],
  ],
])('golden: %o', (of, blocks) => {
  for (const [index, expected] of blocks.entries())
    expect(armBlock(of, index + 1, sha256)).toEqual(words(expected))
  const all = blocks.flatMap(words)
  for (const [index, expected] of all.entries())
    expect(armAt(of, index + 1, sha256).arm).toBe(expected)
})

test('a list of thousands of trials draws each block once', () => {
  let draws = 0
  const counted = (text: string) => {
    draws += 1
    return sha256(text)
  }
  const of = list('5eed'.repeat(16), '{}', { A: 1, B: 1 }, [1])
  expect(armsUpTo(of, 4_000, counted)).toHaveLength(4_000)
  // A block of two takes two numbers, which one digest has.
  expect(draws).toBe(2_000)
})

const someList: fc.Arbitrary<ArmList> = fc.record({
  seed: fc.stringMatching(/^[0-9a-f]{64}$/),
  stratum: fc.constantFrom('{}', '{"version":"11.4"}', '{"version":"12.1"}'),
  arms: fc
    .array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 5 })
    .map((weights) => weights.map((weight, index) => ({ name: `arm ${index}`, weight }))),
  blocks: fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 }),
})

test('every block has each arm as often as its weight says, times one multiple of the design', () => {
  fc.assert(
    fc.property(someList, fc.integer({ min: 1, max: 20 }), (of, block) => {
      const names = armBlock(of, block, sha256)
      const multiples = of.arms.map(
        ({ name, weight }) => names.filter((one) => one === name).length / weight,
      )
      expect(new Set(multiples).size).toBe(1)
      expect(of.blocks).toContain(multiples[0])
    }),
  )
})

test('the same seed gives the same list, whatever was asked of it before, and every prefix is one of a longer list', () => {
  fc.assert(
    fc.property(someList, fc.integer({ min: 1, max: 30 }), (of, length) => {
      const forwards = Array.from({ length }, (_, index) => armAt(of, index + 1, sha256))
      const backwards = forwards.map((_, index) => armAt({ ...of }, length - index, sha256))
      expect(backwards.toReversed()).toEqual(forwards)
      const blocks = forwards.map(({ block }) => block)
      expect(blocks).toEqual(blocks.toSorted((a, b) => a - b))
      const whole = Array.from({ length: blocks.at(-1) ?? 0 }, (_, index) =>
        armBlock(of, index + 1, sha256),
      ).flat()
      expect(whole.slice(0, length)).toEqual(forwards.map(({ arm }) => arm))
    }),
  )
})

test('no two arms are ever further apart in a list than a block allows', () => {
  fc.assert(
    fc.property(someList, fc.integer({ min: 1, max: 60 }), (of, length) => {
      const counts = new Map(of.arms.map(({ name }) => [name, 0]))
      for (let position = 1; position <= length; position++) {
        const { arm } = armAt(of, position, sha256)
        counts.set(arm, (counts.get(arm) ?? 0) + 1)
      }
      const shares = of.arms.map(({ name, weight }) => (counts.get(name) ?? 0) / weight)
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(Math.max(...of.blocks))
    }),
  )
})

test('another seed, stratum or block is another list', () => {
  const of = list('a'.repeat(64), '{}', { A: 1, B: 1 }, [4])
  const many = (one: ArmList) =>
    Array.from({ length: 64 }, (_, at) => armAt(one, at + 1, sha256).arm)
  expect(many({ ...of, seed: 'b'.repeat(64) })).not.toEqual(many(of))
  expect(many({ ...of, stratum: '{"version":"11.4"}' })).not.toEqual(many(of))
  expect(armBlock(of, 1, sha256)).not.toEqual(armBlock(of, 2, sha256))
})

test('each order of a block is about equally likely', () => {
  const seen = new Map<string, number>()
  for (let block = 1; block <= 6000; block++) {
    const order = armBlock(list('c'.repeat(64), '{}', { A: 1, B: 1, C: 1 }, [1]), block, sha256)
    seen.set(order.join(), (seen.get(order.join()) ?? 0) + 1)
  }
  expect(seen.size).toBe(6)
  // Chi-squared with 5 degrees of freedom: above 20.5 once in a thousand seeds, and this seed is fixed.
  const chi = [...seen.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0)
  expect(chi).toBeLessThan(20.5)
})
