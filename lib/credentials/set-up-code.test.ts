import { mkdtemp, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { checkSetUpCode, deleteSetUpCode, ensureSetUpCode } from './set-up-code'

const folder = () => mkdtemp(join(tmpdir(), 'oneway-set-up-'))
afterEach(() => vi.unstubAllEnvs())

test('two starts at once print the same code, and only its owner can read the file', async () => {
  const dir = await folder()
  const [one, other] = await Promise.all([ensureSetUpCode(dir), ensureSetUpCode(dir)])
  expect(one).toMatch(/^\d{4}-\d{4}-\d{4}$/)
  expect(other).toBe(one)
  expect((await stat(join(dir, 'set-up-code'))).mode & 0o077).toBe(0)
})

test('the code is right until it is spent', async () => {
  const dir = await folder()
  const code = await ensureSetUpCode(dir)
  expect(await checkSetUpCode(dir, ` ${code} `)).toBe('right')
  await deleteSetUpCode(dir)
  expect(await checkSetUpCode(dir, code)).toBe('noCode')
})

test('a code from the environment goes before the file', async () => {
  vi.stubEnv('ONEWAY_SETUP_CODE', 'chosen-by-the-admin')
  const dir = await folder()
  expect(await ensureSetUpCode(dir)).toBe('chosen-by-the-admin')
  expect(await checkSetUpCode(dir, 'chosen-by-the-admin')).toBe('right')
})
