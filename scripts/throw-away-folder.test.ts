import { rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterEach, expect, test } from 'vitest'
import { isInMemory, throwAwayFolder } from './throw-away-folder'

const folder = throwAwayFolder('folder-test')
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a name always gives the same folder, and each name another one', () => {
  expect(throwAwayFolder('folder-test')).toBe(folder)
  expect(throwAwayFolder('test')).not.toBe(folder)
})

test.runIf(isInMemory(folder))('in memory it has mode 0700, and a symbolic link is refused', () => {
  expect(statSync(throwAwayFolder('folder-test')).mode & 0o777).toBe(0o700)
  rmSync(folder, { recursive: true })
  symlinkSync(tmpdir(), folder)
  expect(() => throwAwayFolder('folder-test')).toThrow('belongs to somebody else')
})
