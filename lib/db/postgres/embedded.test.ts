import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { afterAll, expect, test } from 'vitest'
import { readPostmaster } from './cluster'
import { type Embedded, startEmbedded } from './embedded'

// mkdtemp makes it with mode 0700, as root's home and many a clone are.
const home = mkdtempSync(path.join(tmpdir(), 'oneway-embedded-'))
const dataDir = path.join(home, 'data')
const clusterDir = path.join(dataDir, 'postgres')
const pidFile = path.join(clusterDir, 'postmaster.pid')
const started: Embedded[] = []

const start = async (dir = dataDir) => {
  const server = await startEmbedded({ dataDir: dir })
  started.push(server)
  return server
}

const ask = async <T>(url: string, run: (sql: postgres.Sql) => Promise<T>) => {
  const sql = postgres(url, { max: 1 })
  try {
    return await run(sql)
  } finally {
    await sql.end()
  }
}

afterAll(async () => {
  if (existsSync(pidFile)) await started[0]?.stop()
  rmSync(home, { recursive: true, force: true })
})

test('F32: starts at once from two sides give one server, in a folder only its owner enters', async () => {
  const [one, two] = await Promise.all([start(), start()])
  expect(one.url).toBe(two.url)
  expect([one.reused, two.reused].sort()).toEqual([false, true])
  expect(statSync(home).mode & 0o777).toBe(0o700)
})

test('the server keeps what it has acknowledged, checks its pages and counts in UTF-8', async () => {
  const { url } = await start()
  const names = ['fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums']
  const settings = await ask(
    url,
    (sql) => sql`select name, setting from pg_settings where name in ${sql(names)}`,
  )
  expect(settings.map(({ setting }) => setting)).toEqual(['on', 'on', 'on', 'on'])
  const [row] = await ask(
    url,
    (sql) => sql`select current_setting('listen_addresses') as host, upper('ä') as upper,
      current_setting('unix_socket_directories') as socket, current_setting('server_encoding') as code`,
  )
  expect(row).toEqual({ host: '127.0.0.1', upper: 'Ä', socket: '', code: 'UTF8' })
})

test('a wrong password is refused, and the right one lies in a file of mode 0600', async () => {
  const url = new URL((await start()).url)
  const file = path.join(dataDir, 'postgres-password')
  expect(readFileSync(file, 'utf8')).toBe(url.password)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  url.password = 'guess'
  await expect(ask(url.href, (sql) => sql`select 1`)).rejects.toThrow(/password authentication/)
})

test('a server is left running while somebody is connected to it', async () => {
  const server = await start()
  const sql = postgres(server.url, { max: 1 })
  await sql`create table kept (n int)`
  await server.stopIfUnused()
  await sql`insert into kept values (1)`
  await sql.end()
})

test('F32: after the postmaster is killed the next start recovers what was committed', async () => {
  const before = await start()
  await ask(before.url, (sql) => sql`insert into kept values (2)`)
  const pid = readPostmaster(clusterDir)?.pid
  expect(pid).toBeGreaterThan(1)
  process.kill(Number(pid), 'SIGKILL')
  const after = await start()
  expect(after.reused).toBe(false)
  const rows = await ask(after.url, (sql) => sql`select n from kept order by n`)
  expect(rows.map(({ n }) => n)).toEqual([1, 2])
})

test('F32: a copy of a running folder never reaches the server of the original', async () => {
  const original = await start()
  const copyDir = path.join(home, 'copy')
  cpSync(dataDir, copyDir, { recursive: true })
  const starting = startEmbedded({ dataDir: copyDir, attempts: 2 })
  await expect(starting).rejects.toThrow(/copied from a running one/)
  expect((await start()).url).toBe(original.url)
})

test('F32: a postmaster.pid whose number belongs to another program by now is no obstacle', async () => {
  const server = await start()
  const stale = readFileSync(pidFile, 'utf8')
  await server.stop()
  expect(existsSync(pidFile)).toBe(false)
  const sleeper = spawn('sleep', ['60'])
  await once(sleeper, 'spawn')
  writeFileSync(pidFile, stale.replace(/^\d+/, String(sleeper.pid)))
  try {
    expect((await start()).reused).toBe(false)
  } finally {
    sleeper.kill()
  }
})

test('an interrupted initdb leaves nothing that a later start takes for a database', async () => {
  const dir = path.join(home, 'interrupted')
  cpSync(path.join(clusterDir, 'base'), path.join(dir, 'postgres-new-abc', 'data', 'base'), {
    recursive: true,
  })
  const server = await start(dir)
  expect(server.reused).toBe(false)
  await server.stop()
})
