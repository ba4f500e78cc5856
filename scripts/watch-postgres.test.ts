import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { afterEach, expect, test } from 'vitest'
import { readPostmaster } from '@/lib/db/postgres/cluster'
import { type Embedded, startEmbedded } from '@/lib/db/postgres/embedded'
import { type PostgresWatch, watchPostgres } from './watch-postgres'

let [server, watch, dataDir]: [Embedded?, PostgresWatch?, string?] = []
afterEach(async () => {
  await watch?.stop()
  await server?.stop()
  if (dataDir) rmSync(dataDir, { recursive: true, force: true })
  server = watch = dataDir = undefined
})

test('F29: a killed postmaster is restarted on its port, with everything that was committed', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'oneway-watch-'))
  dataDir = folder
  server = await startEmbedded({ dataDir: folder })
  const ask = async (query: string) => {
    const sql = postgres(server?.url ?? '', { max: 1, onnotice: () => undefined })
    return sql.unsafe(query).finally(() => sql.end())
  }
  await ask('create table kept as select 42 as answer')
  const said: string[] = []
  watch = watchPostgres({
    server,
    restart: (port) => startEmbedded({ dataDir: folder, port }),
    say: (line) => said.push(line),
    everyMs: 50,
  })
  process.kill(readPostmaster(path.join(folder, 'postgres'))?.pid ?? 0, 'SIGKILL')
  await expect.poll(() => said.at(-1)).toMatch(/runs again/)
  expect(server.isAlive()).toBe(true)
  expect(await ask('select answer from kept')).toMatchObject([{ answer: 42 }])
})

test('if it cannot be restarted, the stack ends with the reason', async () => {
  watch = watchPostgres({
    server: { port: 5432, isAlive: () => false },
    restart: () => Promise.reject(new Error('the port is taken')),
    say: () => undefined,
    everyMs: 1,
  })
  expect(await watch.failed).toBe(
    'PostgreSQL has ended and cannot be started again on port 5432: the port is taken',
  )
})
