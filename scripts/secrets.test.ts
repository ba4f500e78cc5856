import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { provideSecretKey } from './secret-key'
import {
  closeDataDir,
  forgetOldSecretKeys,
  keepVirtualLabPort,
  readSecretKeys,
  readSecrets,
  renewSecretKey,
} from './secrets'

let dataDir = ''
const file = () => path.join(dataDir, 'secrets.json')

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'oneway-secrets-'))
})

afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

test('secrets are created once, are all different, and only their owner can read the file', () => {
  const secrets = readSecrets(dataDir)
  expect(readSecrets(dataDir)).toEqual(secrets)
  expect(new Set(Object.values(secrets)).size).toBe(4)
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
    writeFileSync(file(), text, { mode: 0o600 })
    expect(() => readSecrets(dataDir)).toThrow(/cannot be read as secrets/)
    expect(readFileSync(file(), 'utf8')).toBe(text)
  },
)

test('a data folder of an earlier version gets a sealing key and keeps its other secrets', () => {
  const { secretKey: _none, ...earlier } = readSecrets(dataDir)
  writeFileSync(file(), JSON.stringify(earlier))
  const { key, old } = readSecretKeys(dataDir)
  expect(old).toEqual([])
  expect(readSecrets(dataDir)).toEqual({ ...earlier, secretKey: key })
})

test('renewing the sealing key keeps the old one until it is removed', () => {
  const first = readSecretKeys(dataDir).key
  renewSecretKey(dataDir)
  const second = readSecretKeys(dataDir)
  expect(second).toEqual({ key: expect.not.stringContaining(first), old: [first] })
  forgetOldSecretKeys(dataDir)
  expect(readSecretKeys(dataDir)).toEqual({ key: second.key, old: [] })
})

test.each([0o640, 0o604, 0o622, 0o777])(
  'a secrets file or key file with mode %o is refused',
  (mode) => {
    readSecrets(dataDir)
    chmodSync(file(), mode)
    expect(() => readSecrets(dataDir)).toThrow(/chmod 600/)
    expect(() => provideSecretKey({ ONEWAY_SECRET_KEY_FILE: file() }, dataDir)).toThrow(/chmod 600/)
  },
)

test('the data folder gets mode 0700', () => {
  chmodSync(dataDir, 0o755)
  closeDataDir(dataDir)
  expect(statSync(dataDir).mode & 0o777).toBe(0o700)
})

test('a weak sealing key is refused, and the message does not contain it', () => {
  const weak = 'secret-secret-secret-secret-secret'
  expect(() => provideSecretKey({ ONEWAY_SECRET_KEY: weak }, dataDir)).toThrow(/protects nothing/)
  expect(() => provideSecretKey({ ONEWAY_SECRET_KEY: weak }, dataDir)).not.toThrow(weak)
})
