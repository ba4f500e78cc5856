import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTestDb } from '@/lib/db/testing'
import { readEnv } from '@/lib/env'
import { withLab } from './database'

let dataDir = ''
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'oneway-database-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const placeOf = (DATABASE_URL: string | undefined) => ({
  env: { ...readEnv(), DATABASE_URL, DATABASE_OWNER_URL: undefined },
  dataDir,
})

test('without the environment of the service a job is refused, and no database is created', async () => {
  const run = vi.fn()
  await expect(withLab(placeOf(undefined), run)).rejects.toThrow(
    `There is no bundled database in ${dataDir}, and DATABASE_URL is not set`,
  )
  expect(existsSync(path.join(dataDir, 'postgres'))).toBe(false)
  expect(run).not.toHaveBeenCalled()
})

test('a database without the tables of Oneway is refused; with them the job runs', async () => {
  const lab = await createTestDb()
  try {
    expect(await withLab(placeOf(lab.url), async (url) => url)).toBe(lab.url)
    const empty = new URL(lab.url)
    empty.pathname = '/postgres'
    const looking = withLab(placeOf(empty.href), async () => 'ran')
    await expect(looking).rejects.toThrow(/that DATABASE_URL names has no tables of Oneway/)
  } finally {
    await lab.drop()
  }
})
