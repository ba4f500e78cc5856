import { once } from 'node:events'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { connect } from './client'
import { inlineParams, sqlLiteral, startCopy } from './copy'
import { createTestDb, type TestDb } from './testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test.each([1, 3, 17, 200, 4_000])(
  'a reader that pauses for %d rows leaves the connection ready for the next query',
  async (count) => {
    const { sql: client, end } = connect(lab.url, { max: 1 })
    try {
      for (let round = 0; round < 5; round += 1) {
        const rows = await startCopy(
          client,
          `copy (select repeat('x', 20000) from generate_series(1, ${count})) to stdout`,
        )
        let seen = 0
        rows.on('data', () => {
          seen += 1
          rows.pause()
          setImmediate(() => rows.resume())
        })
        await once(rows, 'end')
        expect(seen).toBe(count)
        expect(await client`select 1 as one`).toEqual([{ one: 1 }])
      }
    } finally {
      await end()
    }
  },
)

const nasty = [
  "'",
  "''",
  '\\',
  "\\'",
  "'; drop table trials; --",
  '$1',
  '$$',
  'a\nb',
  '😀',
  '\u202e',
]

test('whatever a text holds, PostgreSQL reads the literal as that text', async () => {
  const texts = fc.oneof(
    fc.constantFrom(...nasty),
    fc.string({ unit: 'binary' }).filter((text) => !/\0|\p{Cs}/u.test(text)),
    fc.array(fc.constantFrom("'", '\\', 'E', '$1', '--', '"')).map((parts) => parts.join('')),
  )
  await fc.assert(
    fc.asyncProperty(texts, fc.boolean(), async (text, standard) => {
      const [row] = await lab.sql.begin(async (tx) => {
        await tx.unsafe(`set local standard_conforming_strings = ${standard ? 'on' : 'off'}`)
        return tx.unsafe(`select ${sqlLiteral(text)}::text as text`)
      })
      expect(row?.text).toBe(text)
    }),
    { numRuns: 300 },
  )
})

test('booleans, whole numbers and null keep their meaning, and nothing else has a literal', async () => {
  const [row] = await lab.sql.unsafe(
    `select 1 - ${sqlLiteral(-2)}::int as n, not ${sqlLiteral(false)} as b, ${sqlLiteral(null)} is null as isnull`,
  )
  expect(row).toEqual({ n: 3, b: true, isnull: true })
  for (const value of [1.5, Number.NaN, new Date(), undefined, { toString: () => '1; --' }, 'a\0b'])
    expect(() => sqlLiteral(value)).toThrow(/no SQL literal/)
})

test('the parameters of a query end up in their own places', () => {
  expect(inlineParams(sql`select ${'a'}, ${"b$1'"}, ${3}`)).toBe("select 'a', 'b$1''', '3'")
})

test('a query with a dollar of its own is refused, for it could be taken for a place', () => {
  expect(() => inlineParams(sql`select '$1', ${'a'}`)).toThrow(/placeholder/)
  expect(() => inlineParams(sql`select '$7'`)).toThrow(/placeholder/)
})
