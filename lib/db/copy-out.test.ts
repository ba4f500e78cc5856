import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from './client'
import { startCopy } from './copy-out'
import { createTestDb, type TestDb } from './testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test.each([1, 3, 17, 200, 4_000])(
  'a reader that pauses for %d rows leaves the connection ready for the next query',
  async (count) => {
    const { sql, end } = connect(lab.url, { max: 1 })
    try {
      for (let round = 0; round < 5; round += 1) {
        const rows = await startCopy(
          sql,
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
        expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
      }
    } finally {
      await end()
    }
  },
)
