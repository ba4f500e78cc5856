import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { observe } from '@/lib/core/record/observe'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { addServer } from '@/lib/core/testing/device'
import { engineer, later } from '@/lib/core/testing/people'
import { verifyTrail } from '../audit/log'
import { connect } from '../client'
import { findServer } from '../queries/servers/servers'
import { createTestDb, type TestDb } from '../testing'
import { type Manifest, writeBackup } from './backup'
import { type Embedded, startEmbedded } from './embedded'
import { migrateDatabase } from './migrate'
import { restoreBackup } from './restore'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-backup-'))
const folder = path.join(home, 'kept')
let lab: TestDb
let kept: Manifest
let trialId: string
beforeAll(async () => {
  lab = await createTestDb()
  ;({ trialId } = await concludedTrial(lab.db, {
    outcome: 'installedAsExpected',
    seen: 'tabs\tand\nlines \\N "quoted" ‮RTL 🙂 \\.',
  }))
  kept = await writeBackup(lab.sql, folder)
})
afterAll(async () => {
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

const countsOf = async ({ sql }: Pick<TestDb, 'sql'>) => {
  const counts: Record<string, number> = {}
  for (const { name } of kept.tables) {
    const [row] = await sql<{ n: number }[]>`select count(*)::int as n from ${sql(name)}`
    counts[name] = row?.n ?? -1
  }
  return counts
}

const rowsOf = ({ sql }: Pick<TestDb, 'sql'>) =>
  sql`select to_jsonb(o) as row from observations o order by id`

test('R18 a backup goes into an empty folder on another server, and all of it holds there', async () => {
  let server: Embedded | undefined
  try {
    server = await startEmbedded({ dataDir: path.join(home, 'elsewhere') })
    await migrateDatabase(server.url, undefined, { password: server.appPassword })
    const there = connect(server.url, { max: 1, asOwner: true })
    await restoreBackup(there.sql, folder)
    expect(await countsOf(there)).toEqual(await countsOf(lab))
    expect(await rowsOf(there)).toEqual(await rowsOf(lab))
    // Its line of the export is not in the backup, and waits to be made.
    expect(kept.tables.map(({ name }) => name)).not.toContain('trial_lines')
    expect(await there.sql`select trial_number from trial_line_marks`).toEqual([
      { trial_number: 1 },
    ])
    const verified = await verifyTrail(there.sql, kept.head)
    expect(verified).toMatchObject({ broken: undefined, mismatches: [], head: kept.head })
    await there.end()
    // The promises are back, a start finds nothing to do, and the lab goes on where it was.
    const app = connect(server.appUrl, { max: 1 })
    await migrateDatabase(server.url, undefined, { password: server.appPassword })
    await expect(app.sql`delete from observations`).rejects.toThrow(/permission denied/)
    const device = await addServer(app.db)
    expect(await findServer(app.db, device)).toMatchObject({ apiKey: 'lab-api-key' })
    expect(await verifyTrail(app.sql)).toMatchObject({ broken: undefined, mismatches: [] })
    await app.end()
  } finally {
    await server?.stop()
  }
}, 120_000)

test('what is written while a backup runs is in it whole or not at all', async () => {
  const entry = {
    ...{ trialId, kind: 'nothing' as const, text: 'meanwhile', observedAt: later(900) },
  }
  const during = path.join(home, 'during')
  const [manifest] = await Promise.all([
    writeBackup(lab.sql, during),
    ...Array.from({ length: 8 }, (_, n) => addServer(lab.db, false, { name: `Server ${n}` })),
    observe(lab.db, engineer, { ...entry, nonce: crypto.randomUUID() }, later(901)),
  ])
  const fresh = await createTestDb()
  expect(await restoreBackup(fresh.sql, during)).toEqual(manifest)
  await fresh.drop()
})

const restoring = async (from: string) => {
  const fresh = await createTestDb()
  try {
    const before = await countsOf(fresh)
    const failure = await restoreBackup(fresh.sql, from).then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(await countsOf(fresh)).toEqual(before)
    return failure
  } finally {
    await fresh.drop()
  }
}

test('a file that was altered is refused, and nothing is restored', async () => {
  const altered = path.join(home, 'altered')
  await writeBackup(lab.sql, altered)
  const file = path.join(altered, 'observations.copy')
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, before.replace('tabs', 'tubs'))
  expect(String(await restoring(altered))).toMatch(/observations.copy is not the file/)
  writeFileSync(file, before)
  appendFileSync(path.join(altered, 'manifest.json'), ' ')
  const manifest = JSON.parse(readFileSync(path.join(altered, 'manifest.json'), 'utf8'))
  writeFileSync(
    path.join(altered, 'manifest.json'),
    JSON.stringify({ ...manifest, head: { ...manifest.head, hash: '0'.repeat(64) } }),
  )
  expect(String(await restoring(altered))).toMatch(/is not in this chain/)
})

test('a backup goes into no lab that is in use, into no other version, and over no other backup', async () => {
  await expect(restoreBackup(lab.sql, folder)).rejects.toThrow(/a lab in this database already/)
  await expect(writeBackup(lab.sql, folder)).rejects.toThrow(/is there already/)
  const unmade = path.join(folder, 'no', 'such')
  await expect(writeBackup(lab.sql, unmade)).rejects.toThrow(/no folder .* mount its disk/)
  const older = path.join(home, 'older')
  await writeBackup(lab.sql, older)
  const file = path.join(older, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...manifest, migrations: manifest.migrations.slice(1) }))
  expect(String(await restoring(older))).toMatch(/Restore it with the version that made it/)
  rmSync(file)
  expect(String(await restoring(older))).toMatch(/no finished backup/)
})

test('tables of several MB are backed up whole twenty times in a row, and restored from the last', async () => {
  const big = await createTestDb()
  try {
    await big.sql`insert into rate_limits (key, count, window_ends_at)
      select repeat(md5(n::text), 80), 1, now() from generate_series(1, 3000) n`
    let last = ''
    for (let run = 0; run < 20; run += 1) {
      last = path.join(home, `run-${run}`)
      const { tables } = await writeBackup(big.sql, last)
      expect(tables.find(({ name }) => name === 'rate_limits')?.rows).toBe(3000)
      expect(await big.sql`select 1 as one`).toEqual([{ one: 1 }])
    }
    const fresh = await createTestDb()
    await restoreBackup(fresh.sql, last)
    const [row] =
      await fresh.sql`select count(*)::int as n, sum(length(key))::int as bytes from rate_limits`
    expect(row).toEqual({ n: 3000, bytes: 7_680_000 })
    await fresh.drop()
  } finally {
    await big.drop()
  }
}, 120_000)

test('a backup from which nothing comes ends with an error and no manifest', async () => {
  const stuck = await createTestDb()
  const { sql, end } = connect(stuck.url, { max: 1, asOwner: true })
  const folderOfIt = path.join(home, 'stuck')
  const holder = connect(stuck.url, { max: 1, asOwner: true })
  try {
    await holder.sql.begin(async (tx) => {
      await tx`lock table devices in access exclusive mode`
      await expect(writeBackup(sql, folderOfIt, 300)).rejects.toThrow('No row came')
    })
    expect(() => readFileSync(path.join(folderOfIt, 'manifest.json'))).toThrow('ENOENT')
  } finally {
    await holder.end()
    await end()
    await stuck.drop()
  }
})

test('a backup older than the head that was kept elsewhere is refused, as is one of another lab', async () => {
  await observe(
    lab.db,
    engineer,
    {
      trialId,
      kind: 'nothing',
      text: 'since then',
      observedAt: later(950),
      nonce: crypto.randomUUID(),
    },
    later(951),
  )
  const newer = await writeBackup(lab.sql, path.join(home, 'newer'))
  const into = async (from: string, head: { seq: number; hash: string }) => {
    const fresh = await createTestDb()
    try {
      await restoreBackup(fresh.sql, from, head)
      return 'restored'
    } catch (error) {
      return String(error)
    } finally {
      await fresh.drop()
    }
  }
  expect(await into(folder, newer.head)).toMatch(/older than that/)
  expect(await into(folder, { seq: 1, hash: 'f'.repeat(64) })).toMatch(/another lab/)
  expect(await into(path.join(home, 'newer'), kept.head)).toBe('restored')
})
