import { createServer, type Server, Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../client'
import { createTestDb, type TestDb } from '../testing'

let lab: TestDb
let forwarder: Server
let url: string
/** While shut, nothing passes on the open connections, and neither end notices. */
let shut = false
beforeAll(async () => {
  lab = await createTestDb()
  const { hostname, port } = new URL(lab.url)
  forwarder = createServer((from) => {
    const to = new Socket().connect(Number(port), hostname)
    let cut = false
    from.on('data', (chunk) => {
      cut ||= shut
      if (!cut) to.write(chunk)
    })
    to.on('data', (chunk) => {
      if (!cut) from.write(chunk)
    })
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  await new Promise<void>((resolve) => forwarder.listen(0, '127.0.0.1', resolve))
  const address = forwarder.address()
  const own = new URL(lab.url)
  own.port = String(typeof address === 'object' && address ? address.port : 0)
  url = own.href
})
afterAll(async () => {
  forwarder.close()
  await lab.drop()
})

test('a peer that vanished without closing ends the wait, and the next query goes to one that answers', async () => {
  const { sql, end } = connect(url, { max: 1, deadlineMs: 2_000, retrySeconds: 0 })
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  shut = true
  await expect(sql`select 2 as two`).rejects.toThrow('CONNECTION_CLOSED')
  shut = false
  expect(await sql`select 3 as three`).toEqual([{ three: 3 }])
  await end()
})

test('a query past the deadline fails, and one within it does not', async () => {
  const { sql, end } = connect(lab.url, { max: 1, deadlineMs: 3_000, retrySeconds: 0 })
  expect(await sql`select pg_sleep(0.3), 1 as one`).toMatchObject([{ one: 1 }])
  await expect(sql`select pg_sleep(30)`).rejects.toThrow('CONNECTION_CLOSED')
  expect(await sql`select 1 as one`).toEqual([{ one: 1 }])
  await end()
})

test('a connection that is idle for longer than the deadline is kept', async () => {
  const { sql, end } = connect(lab.url, { max: 1, deadlineMs: 1_000 })
  const pid = async () => (await sql<{ pid: number }[]>`select pg_backend_pid() as pid`)[0]?.pid
  const before = await pid()
  // Another connection takes the time, as a timer would.
  await lab.sql`select pg_sleep(2)`
  expect(await pid()).toBe(before)
  await end()
})
