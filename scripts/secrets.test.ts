import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { keepVirtualLabPort, readSecrets } from './secrets'

let dataDir = ''
const file = () => path.join(dataDir, 'secrets.json')

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'oneway-secrets-'))
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

test('secrets are made once, differ from each other and are readable by their owner alone', () => {
  const secrets = readSecrets(dataDir)
  expect(readSecrets(dataDir)).toEqual(secrets)
  expect(new Set(Object.values(secrets)).size).toBe(3)
  expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test('a new port of the virtual lab changes no secret', () => {
  const secrets = readSecrets(dataDir)
  keepVirtualLabPort(dataDir, 9001)
  expect(readSecrets(dataDir)).toEqual({ ...secrets, virtualLabPort: 9001 })
  expect(statSync(file()).mode & 0o777).toBe(0o600)
})

test.each(['', '{', '{"authSecret":"short"}'])(
  'a damaged file (%j) is refused and kept',
  (text) => {
    writeFileSync(file(), text)
    expect(() => readSecrets(dataDir)).toThrow(/cannot be read as secrets/)
    expect(readFileSync(file(), 'utf8')).toBe(text)
  },
)
