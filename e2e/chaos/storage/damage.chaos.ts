import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchDamage } from '@/lib/core/ingest/listener-health'
import { queryDevice } from '@/lib/core/release/query-device'
import { releaseSlot } from '@/lib/core/release/release-slot'
import { addServer } from '@/lib/core/testing/device'
import { engineer } from '@/lib/core/testing/people'
import { armedTrial, seenSlot } from '@/lib/core/testing/trial'
import { findDurabilityProblem } from '@/lib/db/queries/servers/database-health'
import { listServers } from '@/lib/db/queries/servers/servers'
import { expectKept, keepBodies, randomInstant } from './bodies'
import { createThrowAway, type ThrowAway } from './throw-away'

async function throwAwayLab(): Promise<ThrowAway> {
  const made = await createThrowAway()
  onTestFinished(made.remove)
  return made
}

/** How often PostgreSQL has ended at its start, by its log. */
const fatalLines = (log: string) => readFileSync(log, 'utf8').match(/FATAL|PANIC/g)?.length ?? 0

/** Flips one bit of a byte. */
function flip(file: string, at: number): void {
  const handle = openSync(file, 'r+')
  const byte = Buffer.alloc(1)
  readSync(handle, byte, 0, 1, at)
  writeSync(handle, Buffer.from([(byte[0] ?? 0) ^ 4]), 0, 1, at)
  closeSync(handle)
}

test('F33: a flipped bit in a table gives a checksum error, raises an alarm and stops sending', async () => {
  const lab = await throwAwayLab()
  const first = await lab.connect()
  const { trialId, device } = await armedTrial(first.db)
  const seen = await seenSlot(first.db, trialId)
  const file = await lab.asOwner(async (sql) => {
    await sql`create table page as select n from generate_series(1, 1000) n`
    await sql`checkpoint`
    const [row] = await sql<{ file: string }[]>`select pg_relation_filepath('page') as file`
    return row?.file ?? ''
  })
  await first.end()
  await (await lab.start()).stop()
  flip(path.join(lab.clusterDir, file), 4000)

  const { db, sql } = await lab.connect()
  expect(await findDurabilityProblem(db)).toBeUndefined()
  const read = lab.asOwner((owner) => owner`select sum(n) from page`)
  await expect(read).rejects.toThrow(/invalid page/)
  await expect
    .poll(() => findDurabilityProblem(db))
    .toMatch(/sending is locked: PostgreSQL has found 1 damaged page/)
  const refused = { status: 'refused', reason: expect.stringContaining('damaged page') }
  expect(
    await releaseSlot(db, engineer, { ...seen, proofId: undefined }, new Date()),
  ).toMatchObject(refused)
  expect(await queryDevice(db, engineer, { deviceId: device.id }, new Date())).toMatchObject(
    refused,
  )
  const lastAt = await watchDamage(db, undefined)
  const [server] = await listServers(db)
  expect(server?.stopReason).toContain('damaged page')
  expect(await watchDamage(db, lastAt)).toBe(lastAt)
  const [{ count } = { count: -1 }] = await sql`select count(*)::int as count from commands`
  expect(count).toBe(0)
})

/** Damages a file, expects the start to fail at its first try with the steps to take, and restores the file. */
async function expectStartRefused(lab: ThrowAway, file: string, damage: () => void, words: RegExp) {
  const intact = readFileSync(file)
  damage()
  const tries = () => fatalLines(path.join(lab.clusterDir, 'server.log'))
  const before = tries()
  const started = lab.start()
  await expect(started).rejects.toThrow(words)
  await expect(started).rejects.toThrow(/Nothing was changed.*\n.*Copy this folder/)
  expect(tries() - before).toBe(1)
  writeFileSync(file, intact, { mode: 0o600 })
}

test('F33: without an intact pg_control PostgreSQL is not started, and the message gives the steps', async () => {
  const lab = await throwAwayLab()
  await (await lab.start()).stop()
  const control = path.join(lab.clusterDir, 'global', 'pg_control')
  const away = `${control}.away`
  const damages: [() => void, RegExp][] = [
    [() => truncateSync(control, 100), /could not read file .*pg_control/],
    [() => flip(control, 40), /incorrect checksum in control file/],
  ]
  for (const [damage, words] of damages) await expectStartRefused(lab, control, damage, words)
  renameSync(control, away)
  await expect(lab.start()).rejects.toThrow(/pg_control is missing/)
  renameSync(away, control)
  expect((await lab.start()).reused).toBe(false)
})

test('F33: without its write-ahead log PostgreSQL is not started', async () => {
  const lab = await throwAwayLab()
  await (await lab.start()).stop()
  const folder = path.join(lab.clusterDir, 'pg_wal')
  for (const name of readdirSync(folder).filter((one) => /^[0-9A-F]{24}$/.test(one)))
    rmSync(path.join(folder, name))
  await expect(lab.start()).rejects.toThrow(/could not locate a valid checkpoint record/)
})

test('F33: with garbage after the end of the write-ahead log PostgreSQL starts, and nothing is lost', async () => {
  const lab = await throwAwayLab()
  const connection = await lab.connect()
  const keeping = keepBodies(connection, await addServer(connection.db))
  await randomInstant(keeping, 300)
  lab.cutPower()
  await keeping.ended
  const { acknowledged } = keeping
  const again = await lab.connect()
  const [wal] = await again.sql<{ name: string; at: number }[]>`
    select file_name as name, file_offset as at from pg_walfile_name_offset(pg_current_wal_insert_lsn())`
  lab.cutPower()
  await again.end()
  const segment = openSync(path.join(lab.clusterDir, 'pg_wal', wal?.name ?? ''), 'r+')
  writeSync(segment, Buffer.alloc(4096, 0xa5), 0, 4096, (wal?.at ?? 0) + 8)
  closeSync(segment)
  await expectKept(await lab.connect(), acknowledged)
  expect(acknowledged.length).toBeGreaterThan(0)
})
