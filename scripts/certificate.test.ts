import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkCertificate, httpsOptions, selfMadeCertificate } from './certificate'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'oneway-https-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const now = new Date('2026-11-29T12:00:00Z')
const later = (days: number) => new Date(now.getTime() + days * 24 * 3_600_000)
const lab = 'https://oneway.lab.example:8443'
const dataDir = (name: string) => path.join(folder, name)

test('a certificate is made once for a host, kept for its owner alone, and its fingerprint is that of the file', async () => {
  const made = await selfMadeCertificate(dataDir('one'), lab, now)
  expect(await selfMadeCertificate(dataDir('one'), lab, later(300))).toEqual(made)
  const certificate = new X509Certificate(readFileSync(made.certFile))
  expect(made).toMatchObject({ fingerprint: certificate.fingerprint256, selfMade: true })
  expect(certificate.checkHost('oneway.lab.example')).toBeDefined()
  expect(certificate.checkIP('127.0.0.1')).toBeDefined()
  // A phone lets a person trust it, and it signs nothing but itself.
  expect([certificate.ca, certificate.keyUsage]).toEqual([true, ['1.3.6.1.5.5.7.3.1']])
  expect(made.validTo.getTime() - now.getTime()).toBeLessThan(398 * 24 * 3_600_000)
  expect(statSync(made.keyFile).mode & 0o077).toBe(0)
  // It is as good as one of one's own.
  expect(checkCertificate(made, lab, now)).toMatchObject({ fingerprint: made.fingerprint })
})

test.each([
  ['another host', 'https://192.0.2.7:3000', now],
  ['its end', lab, later(370)],
])('it is made anew for %s', async (_why, baseUrl, at) => {
  const made = await selfMadeCertificate(dataDir('two'), lab, now)
  const next = await selfMadeCertificate(dataDir('two'), baseUrl, at)
  expect(next.fingerprint).not.toBe(made.fingerprint)
  expect(checkCertificate(next, baseUrl, at)).toMatchObject({ fingerprint: next.fingerprint })
})

test('a pair that a crash left unfit is made anew', async () => {
  const made = await selfMadeCertificate(dataDir('three'), lab, now)
  const other = await selfMadeCertificate(dataDir('four'), lab, now)
  writeFileSync(made.keyFile, readFileSync(other.keyFile))
  const next = await selfMadeCertificate(dataDir('three'), lab, now)
  expect(checkCertificate(next, lab, now).fingerprint).not.toBe(made.fingerprint)
})

test('files that are missing, no PEM, no pair, too old or for another host are refused with what to do', async () => {
  const { certFile, keyFile } = await selfMadeCertificate(dataDir('five'), lab, now)
  const other = await selfMadeCertificate(dataDir('six'), lab, now)
  const text = path.join(folder, 'notes.txt')
  writeFileSync(text, 'no PEM')
  const why = (files: { certFile: string; keyFile: string }, baseUrl = lab, at = now) => {
    try {
      return checkCertificate(files, baseUrl, at).fingerprint
    } catch (error) {
      return String(error)
    }
  }
  const gone = path.join(folder, 'gone.pem')
  expect(why({ certFile: gone, keyFile })).toMatch(
    /gone\.pem cannot be read \(ENOENT.*with a certificate in PEM/,
  )
  expect(why({ certFile, keyFile: folder })).toMatch(/cannot be read \(EISDIR/)
  expect(why({ certFile: text, keyFile })).toMatch(/notes\.txt is not a certificate in PEM/)
  expect(why({ certFile, keyFile: text })).toMatch(
    /notes\.txt is not a private key without a passphrase/,
  )
  expect(why({ certFile, keyFile: other.keyFile })).toMatch(
    /does not belong to the certificate in .*certificate\.pem/,
  )
  expect(why({ certFile, keyFile }, lab, later(400))).toMatch(/ended on .*newer/)
  expect(why({ certFile, keyFile }, lab, later(-2))).toMatch(/Check the clock/)
  expect(why({ certFile, keyFile }, 'https://other.example')).toMatch(
    /is for .*oneway\.lab\.example.* and not for other\.example\. Set ONEWAY_BASE_URL/,
  )
})

test('the options of npm start name files, and say what is missing', () => {
  expect(httpsOptions(['dev'])).toEqual({ https: false, files: undefined })
  expect(httpsOptions(['--https'])).toEqual({ https: true, files: undefined })
  const files = { certFile: '/a.pem', keyFile: '/b.pem' }
  expect(httpsOptions(['--https', '--cert', '/a.pem', '--key=/b.pem'])).toEqual({
    https: true,
    files,
  })
  expect(() => httpsOptions(['--https', '--cert', '/a.pem'])).toThrow('--key is not given')
  expect(() => httpsOptions(['--https', '--key', '--cert', '/a.pem'])).toThrow('--key needs a file')
  expect(() => httpsOptions(['--cert', '/a.pem', '--key', '/b.pem'])).toThrow('belong to --https')
})
