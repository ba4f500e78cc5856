import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { observe } from '../services/observe'
import { addServer, engineer, later } from '../services/testing'
import { concludedTrial } from '../services/trial-trip.testing'
import { verifyTrail } from './audit-log'
import { type Manifest, restoreBackup, writeBackup } from './backup'
import { connect } from './client'
import { type Embedded, startEmbedded } from './embedded'
import { migrateDatabase } from './migrate'
import { findServer } from './servers'
import { createTestDb, type TestDb } from './testing'

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
    const verified = await verifyTrail(there.sql, kept.head)
    expect(verified).toMatchObject({ broken: undefined, strayed: [], head: kept.head })
    await there.end()
    // The promises are back, a start finds nothing to do, and the lab goes on where it was.
    const app = connect(server.appUrl, { max: 1 })
    await migrateDatabase(server.url, undefined, { password: server.appPassword })
    await expect(app.sql`delete from observations`).rejects.toThrow(/permission denied/)
    const device = await addServer(app.db)
    expect(await findServer(app.db, device)).toMatchObject({ apiKey: 'lab-api-key' })
    expect(await verifyTrail(app.sql)).toMatchObject({ broken: undefined, strayed: [] })
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
  expect(String(await restoring(altered))).toMatch(/does not stand in this chain/)
})

test('a backup goes into no lab that is in use, into no other version, and over no other backup', async () => {
  await expect(restoreBackup(lab.sql, folder)).rejects.toThrow(/a lab in this database already/)
  await expect(writeBackup(lab.sql, folder)).rejects.toThrow(/EEXIST/)
  const older = path.join(home, 'older')
  await writeBackup(lab.sql, older)
  const file = path.join(older, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...manifest, migrations: manifest.migrations.slice(1) }))
  expect(String(await restoring(older))).toMatch(/Restore it with the version that made it/)
  rmSync(file)
  expect(String(await restoring(older))).toMatch(/no finished backup/)
})
