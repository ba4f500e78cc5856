import { expect, test } from 'vitest'
import { connect, isoTime } from './client'
import { createTestDb } from './testing'

test.each([
  ['0001-01-01 00:00:00+00', '0001-01-01T00:00:00.000Z'],
  ['0050-06-30 12:30:00.25+00', '0050-06-30T12:30:00.250Z'],
  ['0099-12-31 23:59:59+01', '0099-12-31T22:59:59.000Z'],
  ['0999-12-31 23:59:59-03:30', '1000-01-01T03:29:59.000Z'],
  ['2026-11-28 14:30:00.123+00', '2026-11-28T14:30:00.123Z'],
])('%s is read as that moment, never as one of this century', (text, iso) => {
  expect(new Date(isoTime(text)).toISOString()).toBe(iso)
})

test('a connection that nobody uses is closed, and queries at once then open others', async () => {
  const lab = await createTestDb()
  const { sql, end } = connect(lab.url, { max: 4, idleSeconds: 0.2 })
  const at = () =>
    Promise.all([1, 2, 3, 4].map((n) => sql`select pg_backend_pid() as pid, ${n} as n`))
  const open = async () => {
    const [row] = await lab.sql`select count(*)::int as n from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and application_name = 'postgres.js'
        and query like '%pg_backend_pid() as pid%'`
    return row?.n
  }
  try {
    for (let round = 0; round < 3; round += 1) {
      expect((await at()).map(([row]) => Number(row?.n))).toEqual([1, 2, 3, 4])
      await expect.poll(open).toBe(0)
    }
    // One that is at work is no idle one.
    const [slow] = await Promise.all([sql`select pg_sleep(1)::text, 5 as five`, at()])
    expect(slow[0]?.five).toBe(5)
  } finally {
    await end()
    await lab.drop()
  }
})
