import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { maxFeedBytes } from '@/lib/domain/catalogue/feed-source'
import { importLimits } from '@/lib/import-file/split-csv'
import { bodyLimitOf, limitsDocument, sizeInWords } from './body-limits'

test('docs/limits.md says what the table says', async () => {
  await expect(limitsDocument()).toMatchFileSnapshot('../../docs/limits.md')
})

test.each([
  ['/api/auth/sign-in/email', '64 KiB'],
  ['/api/auth', '64 KiB'],
  ['/sign-in?next=%2F', '64 KiB'],
  ['/set-up', '64 KiB'],
  ['/account/keys', '64 KiB'],
  ['/accounts', '512 KiB'],
  ['/devices/import', '6 MiB'],
  ['/devices/import?x=1', '6 MiB'],
  ['/releases/import', '6 MiB'],
  ['/reports/verify?name=F-1.zip', '32 MiB'],
  ['/reports/other-labs/file?sha256=0', '2 MiB'],
  ['/reports/other-labs', '512 KiB'],
  ['/reports/freeze', '512 KiB'],
  ['/devices', '512 KiB'],
  ['/api/v1/devices', '64 KiB'],
  ['/api/webhook/lab', '8 MiB'],
  [undefined, '512 KiB'],
])('%s takes %s', (path, max) => {
  expect(sizeInWords(bodyLimitOf(path).maxBytes)).toBe(max)
})

test('a file of the catalogue that the import takes fits', () => {
  expect(bodyLimitOf('/releases/import').maxBytes).toBeGreaterThan(maxFeedBytes)
})

test('a file of devices that the import takes fits, and Next takes no more than is let through', () => {
  const { maxBytes } = bodyLimitOf('/devices/import')
  expect(maxBytes).toBeGreaterThan(importLimits.bytes)
  const said = /bodySizeLimit: '(\d+)mb'/.exec(readFileSync('next.config.mjs', 'utf8'))?.[1]
  expect(Number(said) * 1024 * 1024).toBe(maxBytes)
})
