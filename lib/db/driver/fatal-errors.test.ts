import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../client'
import { createTestDb, type TestDb } from '../testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** A connection to another database of the server, which can close the one of the tests. */
const openBeside = async () => {
  const url = new URL(lab.url)
  const name = url.pathname.slice(1)
  url.pathname = '/postgres'
  const { sql, end } = connect(url.href, { max: 1, asOwner: true })
  const allow = (allowed: boolean) =>
    sql.unsafe(`alter database "${name}" with allow_connections ${allowed}`)
  const terminate = () =>
    sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`
  return { allow, terminate, end }
}

test.each([undefined, 'prefer'])(
  'F29 a query is told that the database takes no connections, also after one was cut off in mid-query (sslmode %s)',
  async (sslmode) => {
    const beside = await openBeside()
    const url = new URL(lab.url)
    // The server of the tests speaks no TLS: it answers that in a byte of its own, before its messages.
    if (sslmode) url.searchParams.set('sslmode', sslmode)
    const { sql, end } = connect(url.href, { max: 2, retrySeconds: 0.05 })
    try {
      const cutOff = [sql`select pg_sleep(60)`, sql`select pg_sleep(60)`]
      const ended = Promise.allSettled(cutOff)
      await lab.sql`select pg_sleep(0.3)`
      await beside.allow(false)
      await beside.terminate()
      expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      for (let n = 0; n < 6; n += 1)
        await expect(sql`select ${n}::int as n`).rejects.toThrow(/not currently accepting/)
      await beside.allow(true)
      expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
      expect(await sql.begin((tx) => tx`select 2 as two`)).toEqual([{ two: 2 }])
    } finally {
      await beside.allow(true)
      await beside.end()
      await end()
    }
  },
  30_000,
)

test('a row whose texts read like such an error is a row', async () => {
  const texts = { first: 'E', second: 'SFATAL', third: 'VFATAL', last: 'C57P01' }
  const { first, second, third, last } = texts
  expect(
    await lab.sql`select ${first} as first, ${second} as second, ${third} as third, ${last} as last`,
  ).toEqual([texts])
})
