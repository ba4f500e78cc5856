import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { recordAction } from '@/lib/db/audit/record-action'
import { type Connection, connect } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { createWake, type Wake } from './wake'

let lab: TestDb
let own: Connection
beforeAll(async () => {
  lab = await createTestDb()
  own = connect(lab.url, { max: 2 })
})
afterAll(async () => {
  await own.end()
  await lab.drop()
})

const never = new AbortController().signal
const report = (error: unknown) => {
  throw error
}

const record = (fails = false) =>
  transact(lab.db, systemActor, async (tx) => {
    await recordAction(tx, systemActor, { kind: 'refused', data: { reason: 'a test' } })
    if (fails) throw new Error('rolled back')
  })

test('what is recorded by another connection ends a wait, and what is rolled back does not', async () => {
  const wake = createWake(own.sql, report)
  await expect.poll(wake.hears).toBe(true)
  const before = wake.count()
  await expect(record(true)).rejects.toThrow('rolled back')
  const waiting = wake.wait(60_000, before, never)
  await record()
  await waiting
  // One commit, one notice: the one that was rolled back sent none.
  expect(wake.count()).toBe(before + 1)
  wake.stop()
})

test('a wait is over at once if something was recorded before it, and at a stop', async () => {
  const wake = createWake(own.sql, report)
  await expect.poll(wake.hears).toBe(true)
  const before = wake.count()
  await record()
  await expect.poll(wake.count).toBe(before + 1)
  await wake.wait(60_000, before, never)
  const stopping = new AbortController()
  const waiting = wake.wait(60_000, wake.count(), stopping.signal)
  stopping.abort()
  await waiting
  wake.stop()
})

test('a worker whose notices do not come back is deaf, and listens again', async () => {
  const listen = vi.fn(async (...[name, fn]: Parameters<typeof own.sql.listen>) => {
    // The first connection is a pooler's, which takes LISTEN and delivers nothing.
    const deaf = listen.mock.calls.length === 1
    return own.sql.listen(deaf ? 'nobody_notifies_it' : name, fn)
  })
  const sql = new Proxy(own.sql, {
    get: (target, key) => (key === 'listen' ? listen : Reflect.get(target, key, target)),
  })
  const wake = createWake(sql, report, 20)
  expect(wake.hears()).toBe(false)
  await expect.poll(wake.hears).toBe(true)
  expect(listen.mock.calls.length).toBeGreaterThan(1)
  wake.stop()
})

/** A way to the database that can lose what comes back for LISTEN without a sign, or be cut. */
async function openWay() {
  const target = new URL(lab.url)
  const sockets = new Set<Socket>()
  const muted = new Set<Socket>()
  const listening = new Set<Socket>()
  const way = createServer((socket) => {
    const onward = dial(Number(target.port), target.hostname)
    for (const one of [socket, onward]) one.on('error', () => undefined)
    sockets.add(socket)
    socket.on('data', (data) => {
      if (/listen "oneway_recorded"/i.test(String(data))) listening.add(socket)
      if (!muted.has(socket)) onward.write(data)
    })
    onward.on('data', (data) => {
      if (!muted.has(socket)) socket.write(data)
    })
    socket.on('close', () => onward.destroy())
    onward.on('close', () => socket.destroy())
  })
  const listen = (port: number) =>
    new Promise<void>((resolve) => way.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const { port } = way.address() as AddressInfo // It listens on a port.
  const url = new URL(lab.url)
  url.hostname = '127.0.0.1'
  url.port = String(port)
  return {
    url: url.href,
    mute: () => {
      for (const socket of listening) muted.add(socket)
    },
    cut: () => {
      for (const socket of sockets) socket.destroy()
    },
    down: () =>
      new Promise<void>((resolve) => {
        way.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
    up: () => listen(port),
  }
}

/** Its own notices come back, and what is recorded wakes it. */
async function hearsAgain(wake: Wake): Promise<void> {
  await expect.poll(wake.hears).toBe(true)
  const before = wake.count()
  await record()
  await expect.poll(wake.count).toBeGreaterThan(before)
}

test('a connection that is gone without a sign is replaced by a new one', async () => {
  const way = await openWay()
  const connection = connect(way.url, { max: 2, deadlineMs: 300 })
  const wake = createWake(connection.sql, () => undefined, 50)
  await expect.poll(wake.hears).toBe(true)
  way.mute()
  await expect.poll(wake.hears).toBe(false)
  await hearsAgain(wake)
  wake.stop()
  await connection.end()
  await way.down()
})

test('after an outage of the database it hears again', async () => {
  const way = await openWay()
  const connection = connect(way.url, { max: 2 })
  const wake = createWake(connection.sql, () => undefined, 50)
  await expect.poll(wake.hears).toBe(true)
  await way.down()
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await way.up()
  await hearsAgain(wake)
  wake.stop()
  await connection.end()
  await way.down()
})
