import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineer, now } from '@/lib/core/testing/people'
import { armedTrial, releaseSigned, seenSlot } from '@/lib/core/testing/trial'
import { findMoment, inThePast } from '@/lib/db/audit/past'
import { type Connection, connect } from '@/lib/db/client'
import { demandPoolOf, demandSessionOf } from '@/lib/db/postgres/session'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { transact } from '@/lib/db/transact'
import { findFreePort } from '@/scripts/virtual-lab-process'
import { findPgbouncer, findPrograms, makeModel, type Server } from './postgres'

// Pages go through a PgBouncer that gives each transaction another session of the server: two of them for all.

let home: string
let server: Server
let poolUrl: string
let pool: Connection
let stopPooler: () => void
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'oneway-pooler-'))
  server = await makeModel(home, findPrograms() ?? '')
  await server.start()
  await server.asOwner((owner) => owner.unsafe('alter role oneway_app login'))
  const port = await findFreePort()
  const { port: serverPort } = new URL(server.url())
  const pidFile = path.join(home, 'pgbouncer.pid')
  const settings = [
    ...['[databases]', `postgres = host=127.0.0.1 port=${serverPort}`, '[pgbouncer]'],
    ...['listen_addr = 127.0.0.1', `listen_port = ${port}`, 'unix_socket_dir ='],
    ...['auth_type = trust', `auth_file = ${home}/users`, 'pool_mode = transaction'],
    ...['default_pool_size = 2', `logfile = ${home}/pgbouncer.log`, `pidfile = ${pidFile}`],
  ]
  writeFileSync(path.join(home, 'users'), '"oneway_app" ""\n')
  writeFileSync(path.join(home, 'pgbouncer.ini'), settings.join('\n'))
  await server.runProgram(findPgbouncer() ?? '', '-d', path.join(home, 'pgbouncer.ini'))
  stopPooler = () => void process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGTERM')
  poolUrl = `postgres://oneway_app@127.0.0.1:${port}/postgres`
  // As the pages open theirs; behind a pooler nothing is prepared all the same.
  pool = connect(poolUrl, { max: 10, pooled: true, prepared: true })
})
afterAll(async () => {
  await pool.end()
  stopPooler()
  await server.stop('immediate')
  rmSync(home, { recursive: true, force: true })
})

/** Adds lines to the settings of the pooler, and lets it read them and its users anew. */
function reconfigure(...lines: string[]): void {
  appendFileSync(path.join(home, 'pgbouncer.ini'), ['', ...lines].join('\n'))
  process.kill(Number(readFileSync(path.join(home, 'pgbouncer.pid'), 'utf8')), 'SIGHUP')
}

const person = (number: number) =>
  ({ id: `p${number}`, name: `Person ${number}`, role: 'lead' }) as const

test('a pooler without sessions may serve pages, and is refused where a session is needed', async () => {
  await expect(demandPoolOf(poolUrl)).resolves.toBeUndefined()
  await expect(demandSessionOf(poolUrl)).rejects.toThrow(
    /unsupported startup parameter.*DATABASE_DIRECT_URL/,
  )
  reconfigure('ignore_startup_parameters = role')
  const refusal = () => demandSessionOf(poolUrl).catch(String)
  await expect.poll(refusal).toMatch(/keeps no session.*DATABASE_DIRECT_URL/)
})

test('a login that is not the role of the app is refused by name', async () => {
  writeFileSync(path.join(home, 'users'), '"oneway_app" ""\n"oneway" ""\n')
  reconfigure()
  await expect
    .poll(() => demandPoolOf(poolUrl.replace('oneway_app', 'oneway')).catch(String))
    .toMatch(/works as oneway, not as oneway_app/)
})

test('forty people at once in two sessions: each entry of the trail names who wrote it', async () => {
  const everybody = Array.from({ length: 40 }, (_, index) => person(index))
  await Promise.all(
    everybody.map((one, index) =>
      transact(pool.db, one, (tx) =>
        storeLabSetting(tx, 'holdSeconds', 200 + index, {
          changedAt: now,
          changedBy: one.name,
        }),
      ),
    ),
  )
  const written = await server.asOwner(
    (owner) => owner<{ actor: string; by: string }[]>`
      select by_name as actor, new ->> 'changed_by' as by from audit_log
      where table_name = 'lab_settings' order by seq`,
  )
  expect(written.filter(({ actor, by }) => actor !== by)).toEqual([])
  expect(written.length).toBeGreaterThanOrEqual(40)
})

test('a look into the past leaves nothing behind for the next page', async () => {
  const pathOf = async () => (await pool.sql`show search_path`)[0]?.search_path
  const before = await pathOf()
  const moment = await findMoment(pool.db, new Date())
  await Promise.all(
    Array.from({ length: 20 }, () => inThePast(pool.db, moment, async () => undefined)),
  )
  const after = await Promise.all(Array.from({ length: 20 }, pathOf))
  expect(new Set(after)).toEqual(new Set([before]))
})

test('a trial is armed and released through it as without it', async () => {
  const { trialId } = await armedTrial(pool.db)
  const seen = await seenSlot(pool.db, trialId)
  expect(await releaseSigned(pool.db, engineer, seen)).toMatchObject({ status: 'released' })
})
