import { connect as connectTcp, createServer, type Socket } from 'node:net'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../client'
import { findDurabilityProblem } from '../queries/servers/database-health'
import { createTestDb, type TestDb } from '../testing'
import { demandSession, findSessionProblems, keepsSession, setUpLaterSessions } from './session'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** A session as a careless administrator or a pooler makes it. */
const sessionWith = async <T>(
  connection: Record<string, string>,
  ask: (sql: postgres.Sql) => Promise<T>,
): Promise<T> => {
  const sql = postgres(lab.url, { max: 1, connection, onnotice: () => undefined })
  try {
    return await ask(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

test('a session of the app is what the program relies on', async () => {
  const { sql, end } = connect(lab.url, { max: 1 })
  expect(await findSessionProblems(sql, { asRole: true })).toEqual([])
  await end()
})

test('a pooler that drops the role is found, with what to change', async () => {
  const [problem] = await sessionWith({}, (sql) => findSessionProblems(sql, { asRole: true }))
  expect(problem).toMatch(/works as oneway, not as oneway_app.*DATABASE_URL sign in as oneway_app/)
  expect(await sessionWith({}, (sql) => findSessionProblems(sql, { asRole: false }))).toEqual([])
})

test.each([
  ['bytea_output', 'escape'],
  ['DateStyle', 'SQL, DMY'],
  ['IntervalStyle', 'sql_standard'],
  ['extra_float_digits', '-5'],
  ['default_transaction_isolation', 'serializable'],
  ['search_path', 'lab'],
])('%s = %s is refused by name', async (name, value) => {
  const demand = (sql: postgres.Sql) => demandSession(sql, { asRole: false })
  await expect(sessionWith({ [name]: value }, demand)).rejects.toThrow(
    new RegExp(`${name} = ${value}, and Oneway needs`),
  )
})

test('what the server sets otherwise is set right for the database', async () => {
  const name = new URL(lab.url).pathname.slice(1)
  await lab.sql.unsafe(`alter database ${name} set bytea_output = 'escape'`)
  await lab.sql.unsafe(`alter database ${name} set "DateStyle" = 'SQL, DMY'`)
  const ask = (sql: postgres.Sql) => findSessionProblems(sql, { asRole: false })
  expect(await sessionWith({}, ask)).toHaveLength(2)
  await setUpLaterSessions(lab.sql)
  expect(await sessionWith({}, ask)).toEqual([])
})

test.each([
  ['off', /synchronous_commit=off/],
  ['local', /synchronous_commit=local/],
  ['remote_write', undefined],
  ['on', undefined],
  ['remote_apply', undefined],
] as const)('synchronous_commit = %s without a named standby', async (value, locks) => {
  await lab.db.transaction(async (tx) => {
    await tx.execute(`set local synchronous_commit = ${value}`)
    const problem = await findDurabilityProblem(tx)
    if (locks) expect(problem).toMatch(locks)
    else expect(problem).toBeUndefined()
  })
})

test('a commit that no standby has confirmed is no commit', async () => {
  const { sql, end } = connect(lab.url, { max: 1 })
  const warn =
    sql.unsafe(`do $$ begin raise warning 'canceling wait for synchronous replication due to user request'
    using detail = 'The transaction has already committed locally, but might not have been replicated to the standby.'; end $$`)
  await expect(warn).rejects.toThrow('not committed for certain')
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  await end()
})

/**
 * A way to PostgreSQL that passes everything on but notifications, as a transaction pool does: each message of
 * the server is a letter and a length that counts itself.
 */
async function withoutNotifications(url: string) {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connectTcp(Number(port), hostname)
    for (const socket of [client, upstream]) {
      open.add(socket)
      socket.on('error', () => undefined)
    }
    client.pipe(upstream)
    let held = Buffer.alloc(0)
    upstream.on('data', (piece) => {
      held = Buffer.concat([held, Buffer.from(piece)])
      while (held.length >= 5 && held.length > held.readInt32BE(1)) {
        const size = 1 + held.readInt32BE(1)
        if (held[0] !== 'A'.charCodeAt(0)) client.write(Uint8Array.from(held.subarray(0, size)))
        held = held.subarray(size)
      }
    })
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const way = new URL(url)
  way.host = `127.0.0.1:${address.port}`
  const shut = () => {
    for (const socket of open) socket.destroy()
    server.close()
  }
  return { url: way.href, shut }
}

test('a pool that keeps no session for each client is found', async () => {
  const direct = connect(lab.url, { max: 1 })
  expect(await keepsSession(direct.sql)).toBe(true)
  await direct.end()
  const pool = await withoutNotifications(lab.url)
  const pooled = connect(pool.url, { max: 1 })
  expect(await keepsSession(pooled.sql, 1_500)).toBe(false)
  await pooled.end()
  pool.shut()
})
