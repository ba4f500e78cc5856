import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import type { LookupFunction } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { openBucket } from './bucket'
import { type FakeBucket, startFakeBucket } from './bucket.testing'
import { checkBucket } from './check-bucket'
import {
  backedUpFile,
  backUpFiles,
  fetchFiles,
  listFileProblems,
  restoreFiles,
} from './check-files'
import { fileOf, openAttachmentFolder } from './folder'
import { moveToBucket } from './move'
import { makePreview } from './preview'
import { copyOut, openAttachmentStore, openFile } from './store'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-bucket-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))
let fake: FakeBucket
let store: ReturnType<typeof storeOn>
beforeEach(async () => {
  fake = await startFakeBucket()
  store = storeOn()
})
afterEach(() => fake.close())

const storeOn = () => ({
  ...openAttachmentFolder(mkdtempSync(path.join(home, 'data-'))),
  bucket: openBucket(fake.settings, { retryPausesMs: [0, 0] }),
})

function stored(bytes: Buffer) {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  mkdirSync(path.dirname(fileOf(store, sha256)), { recursive: true })
  writeFileSync(fileOf(store, sha256), bytes)
  return { sha256, bytes: bytes.length, type: 'video/mp4' as const, content: bytes }
}
const large = () => stored(randomBytes(20 * 1024 * 1024))
const isHere = ({ sha256 }: { sha256: string }) => existsSync(fileOf(store, sha256))
const inBucket = ({ sha256 }: { sha256: string }) => fake.objects.get(`files/${sha256}`)

async function readBack(sha256: string, range?: { start: number; end: number }) {
  const opened = await openFile(store, sha256, () => range)
  if (!opened || opened.range === 'outside') return undefined
  return Buffer.concat(await opened.stream.toArray())
}

test('a small and a large file are moved whole, and then read from there, also in ranges', async () => {
  for (const file of [stored(randomBytes(1000)), large()]) {
    expect(await moveToBucket(store, file)).toBe('moved')
    expect(isHere(file)).toBe(false)
    expect(inBucket(file)?.body.equals(file.content)).toBe(true)
    expect((await readBack(file.sha256))?.equals(file.content)).toBe(true)
    const range = { start: 500, end: 600 }
    expect(await readBack(file.sha256, range)).toEqual(file.content.subarray(500, 601))
  }
  expect(fake.uploads.size).toBe(0)
  const parts = fake.requests.filter((request) => request.includes('partNumber='))
  expect(parts).toHaveLength(3)
})

test('a file leaves this machine only after its bytes were read back and have its hash', async () => {
  const file = stored(randomBytes(1000))
  fake.state.fault = ({ method }) => {
    const object = inBucket(file)
    if (method === 'GET' && object) object.body[7] = (object.body[7] ?? 0) ^ 1
    return undefined
  }
  await expect(moveToBucket(store, file)).rejects.toMatchObject({ kind: 'altered' })
  expect(isHere(file)).toBe(true)
  fake.state.fault = () => undefined
  expect(await moveToBucket(store, file)).toBe('moved')
  expect(inBucket(file)?.body.equals(file.content)).toBe(true)
})

test('a part that broke off is sent again; a storage that stays down keeps the file here and leaves no parts', async () => {
  const file = large()
  let cuts = 2
  fake.state.fault = ({ url }) =>
    url.searchParams.get('partNumber') === '2' && cuts-- > 0 ? 'cut' : undefined
  expect(await moveToBucket(store, file)).toBe('moved')

  const other = large()
  fake.state.fault = ({ url }) => (url.searchParams.get('partNumber') === '3' ? 'cut' : undefined)
  await expect(moveToBucket(store, other)).rejects.toMatchObject({ kind: 'noAnswer' })
  expect([isHere(other), inBucket(other), fake.uploads.size]).toEqual([true, undefined, 0])
})

test.each([
  [507, 'XMinioStorageFull', 'full', /is full \(507 XMinioStorageFull\)$/],
  [403, 'AccessDenied', 'refused', /answered 403 AccessDenied$/],
])(
  'a storage that answers %i %s is said in words, and the file stays',
  async (status, code, kind, words) => {
    const file = stored(randomBytes(10))
    fake.state.fault = ({ method }) => (method === 'PUT' ? { status, code } : undefined)
    await expect(moveToBucket(store, file)).rejects.toMatchObject({
      ...{ kind, message: expect.stringMatching(words) },
    })
    expect(isHere(file)).toBe(true)
  },
)

test('an upload whose end is refused within an answer of 200 is none', async () => {
  const file = large()
  fake.state.fault = ({ method, url }) =>
    method === 'POST' && url.searchParams.has('uploadId')
      ? { status: 200, code: 'InternalError' }
      : undefined
  await expect(moveToBucket(store, file)).rejects.toMatchObject({ code: 'InternalError' })
  expect([isHere(file), fake.uploads.size]).toEqual([true, 0])
})

test('a file that is damaged on this machine is not written anywhere', async () => {
  const [small, big] = [stored(randomBytes(1000)), large()]
  for (const file of [small, big]) {
    const altered = Buffer.from(file.content)
    altered[3] = (altered[3] ?? 0) ^ 1
    writeFileSync(fileOf(store, file.sha256), altered)
    expect(await moveToBucket(store, file)).toBe('damaged')
    expect([isHere(file), inBucket(file)]).toEqual([true, undefined])
  }
  expect(fake.uploads.size).toBe(0)
})

test('what a kill left behind is ended after a day, and an upload under way is not', async () => {
  const file = large()
  const begun = { key: `files/${file.sha256}`, parts: new Map() }
  fake.uploads.set('old', { ...begun, begunAt: new Date('2026-11-28T10:00:00Z') })
  fake.uploads.set('new', { ...begun, begunAt: new Date('2026-11-29T09:00:00Z') })
  fake.uploads.set('other', { ...begun, key: 'files/not-ours', begunAt: new Date(0) })
  expect(await store.bucket.abortStale(new Date('2026-11-29T11:00:00Z'))).toBe(1)
  expect([...fake.uploads.keys()]).toEqual(['new', 'other'])
})

test('a storage that is silent is given up after a while', async () => {
  fake.state.fault = () => 'silent'
  const bucket = openBucket(fake.settings, { signal: AbortSignal.timeout(50) })
  await expect(bucket.sizeOf('a'.repeat(64))).rejects.toMatchObject({ kind: 'noAnswer' })
})

test('check, backup, restore and a way back read the files from where they are', async () => {
  const [moved, kept] = [stored(randomBytes(1000)), stored(randomBytes(50))]
  await moveToBucket(store, moved)
  const files = [moved, kept]
  expect(await listFileProblems(store, files, { quick: false })).toEqual([])
  const backup = mkdtempSync(path.join(home, 'backup-'))
  expect(await backUpFiles(store, backup, files)).toEqual({ copied: 2, problems: [] })
  expect(readFileSync(backedUpFile(backup, moved.sha256)).equals(moved.content)).toBe(true)

  expect(await restoreFiles(store, backup, files)).toEqual({ copied: 0, problems: [] })
  const object = inBucket(moved)
  if (object) object.body[0] = (object.body[0] ?? 0) ^ 1
  const [problem] = await listFileProblems(store, files, { quick: false })
  expect(problem).toMatchObject({
    sha256: moved.sha256,
    problem: expect.stringMatching(/^its SHA-256 is now /),
  })
  expect(await fetchFiles(store, files)).toMatchObject({ copied: 0, problems: [problem] })
  fake.objects.clear()
  expect(await restoreFiles(store, backup, files)).toEqual({ copied: 1, problems: [] })
  expect(isHere(moved)).toBe(true)
})

test('a backup and a restore go on while the storage is down, and name what they did not get', async () => {
  const [moved, kept] = [stored(randomBytes(1000)), stored(randomBytes(50))]
  const backup = mkdtempSync(path.join(home, 'backup-'))
  await backUpFiles(store, backup, [moved])
  await moveToBucket(store, moved)
  fake.state.fault = () => 'cut'
  const other = mkdtempSync(path.join(home, 'backup-'))
  const { copied, problems } = await backUpFiles(store, other, [moved, kept])
  expect([copied, problems]).toEqual([
    1,
    [
      expect.objectContaining({
        sha256: moved.sha256,
        problem: expect.stringContaining('does not answer'),
      }),
    ],
  ])
  expect(await restoreFiles(store, backup, [moved])).toEqual({ copied: 1, problems: [] })
})

test('a file that breaks off while it is read is named, and the others are read', async () => {
  const [moved, kept] = [stored(randomBytes(1000)), stored(randomBytes(50))]
  await moveToBucket(store, moved)
  fake.state.fault = ({ method }) => (method === 'GET' ? 'half' : undefined)
  const problem = expect.stringContaining('does not answer')
  const wrong = [{ ...moved, problem }]
  const files = [moved, kept]
  expect(await listFileProblems(store, files, { quick: false })).toEqual(wrong)
  const backup = mkdtempSync(path.join(home, 'backup-'))
  expect(await backUpFiles(store, backup, files)).toEqual({ copied: 1, problems: wrong })
  expect(existsSync(backedUpFile(backup, moved.sha256))).toBe(false)
  const photo = { ...moved, type: 'image/heic' as const }
  await expect(makePreview(store, photo)).rejects.toMatchObject({ kind: 'noAnswer' })
  await expect(store.bucket.factsOf(moved.sha256)).rejects.toMatchObject({ kind: 'noAnswer' })
})

test('a preview that was lost is made again from the storage, and waits while that is down', async () => {
  const bytes = readFileSync('lib/attachment-store/testdata/photo.heic')
  const file = { ...stored(bytes), type: 'image/heic' as const }
  await moveToBucket(store, file)
  fake.state.fault = () => 'cut'
  await expect(makePreview(store, file)).rejects.toMatchObject({ kind: 'noAnswer' })
  fake.state.fault = () => undefined
  expect(await makePreview(store, file)).toMatchObject({ state: 'made', width: 160 })
  fake.objects.clear()
  expect(await makePreview(store, file)).toMatchObject({
    reason: expect.stringMatching(/object storage: it is missing$/),
  })
  expect(await copyOut(store, file.sha256, path.join(home, 'x'))).toBe('it is missing')
})

test.each([
  [404, 'NoSuchBucket', /^ONEWAY_S3_BUCKET: there is no such bucket/],
  [403, 'InvalidAccessKeyId', /^ONEWAY_S3_KEY_ID: the storage does not know/],
  [403, 'SignatureDoesNotMatch', /^ONEWAY_S3_SECRET: it is not the secret/],
  [301, 'PermanentRedirect', /^ONEWAY_S3_ENDPOINT or ONEWAY_S3_REGION/],
  [418, 'Strange', /^One of the settings ONEWAY_S3_… .*418 Strange/],
  [403, '', /^ONEWAY_S3_KEY_ID or ONEWAY_S3_SECRET \(/],
])('at the start %i %s names the setting that is wrong', async (status, code, words) => {
  fake.state.fault = () => ({ status, code })
  await expect(checkBucket(store.bucket)).rejects.toThrow(words)
})

test('at the start a storage that works is fine, and one that is down or full warns', async () => {
  expect(await checkBucket(store.bucket)).toBeUndefined()
  fake.state.fault = () => ({ status: 503, code: 'SlowDown' })
  expect(await checkBucket(store.bucket)).toMatch(/answered 503 SlowDown\. Files .* wait/)
  fake.state.fault = () => 'cut'
  expect(await checkBucket(store.bucket)).toMatch(/does not answer: .*\. Files .* wait/)
})

const settings = {
  ...{ ONEWAY_DATA: path.join(home, 'set'), ONEWAY_S3_BUCKET: 'lab', ONEWAY_S3_KEY_ID: 'key' },
}

test('the secret is read from its file, and settings that cannot be right are named', () => {
  const file = path.join(home, 'secret')
  writeFileSync(file, 'a secret\n')
  const ONEWAY_S3_ENDPOINT = 'https://minio.lab.example:9000'
  const set = { ...settings, ONEWAY_S3_ENDPOINT, ONEWAY_S3_SECRET_FILE: file }
  expect(openAttachmentStore(set).bucket?.settings).toMatchObject({
    ...{ secret: 'a secret', prefix: '', region: 'us-east-1', pathStyle: true },
  })
  expect(() => openAttachmentStore({ ...set, ONEWAY_S3_SECRET_FILE: `${file}-none` })).toThrow(
    /^ONEWAY_S3_SECRET_FILE is ".*", which cannot be read: ENOENT/,
  )
  const metadata = { ...set, ONEWAY_S3_ENDPOINT: 'https://169.254.169.254' }
  expect(() => openAttachmentStore(metadata)).toThrow(/^ONEWAY_S3_ENDPOINT .*metadata/)
})

test.each([
  ['https://s3.lab.example', '169.254.169.254', /leads to an address that belongs to no server/],
  ['http://localhost', '192.168.7.9', /does not lead to this machine/],
])('%s that leads to %s is not connected to', async (endpoint, address, words) => {
  const lookup: LookupFunction = (_, options, done) =>
    options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)
  const bucket = openBucket({ ...fake.settings, endpoint: new URL(endpoint) }, { lookup })
  await expect(bucket.sizeOf('a'.repeat(64))).rejects.toMatchObject({
    ...{ kind: 'notTrusted', message: expect.stringMatching(words) },
  })
})
