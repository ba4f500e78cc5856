import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openBucket } from '@/lib/attachment-store/bucket'
import { startFakeBucket } from '@/lib/attachment-store/bucket.testing'
import { fileOf, openAttachmentFolder, previewOf } from '@/lib/attachment-store/folder'
import { guarded } from '@/lib/auth/route-guard.testing'
import { recordAttachment } from '@/lib/core/record/attach'
import { engineer, later, must } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { listAttachments } from '@/lib/db/queries/trials/attachments'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { AttachmentType } from '@/lib/domain/attachment/attachment'
import { GET } from './route'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-served-'))
const folder = openAttachmentFolder(home)
let objectStorage = {}
let lab: TestDb
vi.mock('@/lib/auth/guard', () => import('@/lib/auth/route-guard.testing'))
vi.mock('@/lib/env', async (original) => ({
  ...(await original<typeof import('@/lib/env')>()),
  env: () => ({ ONEWAY_DATA: home, ...objectStorage }),
}))

beforeAll(async () => {
  lab = await createTestDb()
  guarded.db = lab.db
})
afterAll(async () => {
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

async function attach(bytes: Uint8Array, type: AttachmentType) {
  const { trialId } = await sentTrial(lab.db, { simulated: true })
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const keep = async () => {
    mkdirSync(path.dirname(fileOf(folder, sha256)), { recursive: true })
    writeFileSync(fileOf(folder, sha256), bytes)
  }
  const about = { trialId, observationId: undefined, uploadId: randomUUID(), keep }
  const file = { fileName: '"><script>.html', sha256, type, bytes: bytes.length }
  must(await recordAttachment(lab.db, engineer, { ...about, ...file }, later(900)), 'done')
  const [row] = await listAttachments(lab.db, trialId)
  return { trialId, id: String(row?.id), sha256 }
}

const ask = (trialId: string, attachmentId: string, query = '', headers = {}) =>
  GET(new Request(`http://127.0.0.1/x${query}`, { headers }), {
    params: Promise.resolve({ id: trialId, attachmentId }),
  })

test('a recording is a file under our own name, and answers the ranges that players ask for', async () => {
  const { trialId, id } = await attach(Buffer.from('0123456789'), 'video/mp4')
  const whole = await ask(trialId, id)
  expect([whole.status, await whole.text()]).toEqual([200, '0123456789'])
  expect(whole.headers.get('content-disposition')).toMatch(
    /^attachment; filename="SIMULATED-T-\d+-attachment-\d+\.mp4"$/,
  )
  expect(whole.headers.get('x-content-type-options')).toBe('nosniff')
  const some = await ask(trialId, id, '', { range: 'bytes=2-4' })
  expect([some.status, await some.text()]).toEqual([206, '234'])
  expect(some.headers.get('content-range')).toBe('bytes 2-4/10')
  const outside = await ask(trialId, id, '', { range: 'bytes=50-' })
  expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */10'])
  expect(new Set(guarded.asked)).toEqual(new Set(['look']))
})

test.each([
  ['image/jpeg', /^inline; /],
  ['image/png', /^inline; /],
  ['image/heic', /^attachment; /],
  ['video/quicktime', /^attachment; /],
] as const)('%s is shown or handed out as its type says', async (type, disposition) => {
  const { trialId, id } = await attach(Buffer.from(`as ${type}`), type)
  const shown = await ask(trialId, id)
  expect(shown.headers.get('content-disposition')).toMatch(disposition)
  expect(shown.headers.get('content-type')).toBe(type)
  await shown.body?.cancel()
  const handedOut = await ask(trialId, id, '?as=file')
  expect(handedOut.headers.get('content-disposition')).toMatch(/^attachment; /)
  await handedOut.body?.cancel()
})

test('a file that leaves the lab is in the trail with its hash, also without its place', async () => {
  const heic = readFileSync('lib/attachment-store/testdata/photo.heic')
  const { trialId, id, sha256 } = await attach(heic, 'image/heic')
  await (await ask(trialId, id)).arrayBuffer()
  await (await ask(trialId, id, '?as=file')).arrayBuffer()
  const copy = Buffer.from(await (await ask(trialId, id, '?as=withoutPlace')).arrayBuffer())
  const entries = await lab.sql`
    select new from audit_log where kind = 'exported' and trial_id = ${trialId} order by seq`
  expect(entries.map((entry) => entry.new)).toMatchObject([
    { file: 'attachment', filter: { as: 'file' }, sha256, complete: true },
    {
      ...{ file: 'attachment', filter: { as: 'withoutPlace' }, complete: true },
      sha256: createHash('sha256').update(copy).digest('hex'),
    },
  ])
  expect(copy.length).toBeLessThan(heic.length)
})

test('a file that is missing from the disk is said, and the trail has no download of it', async () => {
  const { trialId, id, sha256 } = await attach(Buffer.from('gone'), 'image/png')
  rmSync(fileOf(folder, sha256))
  const answer = await ask(trialId, id, '?as=file')
  expect([answer.status, await answer.text()]).toEqual([
    410,
    expect.stringContaining('restore the file from a backup'),
  ])
})

test('an attachment of another trial, and what is no number, are answered like an absent one', async () => {
  const [mine, other] = [
    await attach(Buffer.from('mine'), 'image/png'),
    await attach(Buffer.from('theirs'), 'image/png'),
  ]
  const answers = await Promise.all([
    ask(mine.trialId, other.id),
    ask(mine.trialId, '..%2f..%2fsecrets.json'),
    ask('not-an-id', mine.id),
    ask(mine.trialId, mine.id, '?as=preview'),
  ])
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404])
})

test('a file that was moved to object storage answers as before, and says when that cannot be read', async () => {
  const fake = await startFakeBucket()
  const { endpoint, bucket, keyId, secret, prefix } = fake.settings
  objectStorage = {
    ...{ ONEWAY_S3_ENDPOINT: endpoint.origin, ONEWAY_S3_BUCKET: bucket },
    ...{ ONEWAY_S3_KEY_ID: keyId, ONEWAY_S3_SECRET: secret, ONEWAY_S3_PREFIX: prefix },
  }
  try {
    const { trialId, id, sha256 } = await attach(Buffer.from('9876543210'), 'video/mp4')
    const file = fileOf(folder, sha256)
    await openBucket(fake.settings).put(file, { sha256, bytes: 10, type: 'video/mp4' })
    rmSync(file)
    const part = await ask(trialId, id, '', { range: 'bytes=2-5' })
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
      ...[206, 'bytes 2-5/10', '7654'],
    ])
    expect(await (await ask(trialId, id, '?as=file')).text()).toBe('9876543210')
    expect((await ask(trialId, id, '', { range: 'bytes=10-' })).status).toBe(416)

    fake.state.fault = () => 'cut'
    for (const query of ['', '?as=file', '?as=withoutPlace']) {
      const answer = await ask(trialId, id, query)
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30'])
      expect(await answer.text()).toMatch(/^The file cannot be read now: the object storage at /)
    }
    fake.state.fault = () => undefined
    fake.objects.clear()
    expect((await ask(trialId, id)).status).toBe(410)
  } finally {
    objectStorage = {}
    await fake.close()
  }
})

test('a preview asks nothing of the object storage, not even for its secret', async () => {
  objectStorage = {
    ...{ ONEWAY_S3_ENDPOINT: 'https://s3.lab.example', ONEWAY_S3_BUCKET: 'evidence' },
    ...{ ONEWAY_S3_KEY_ID: 'key', ONEWAY_S3_SECRET_FILE: path.join(home, 'no-such-file') },
  }
  try {
    const { trialId, id, sha256 } = await attach(Buffer.from('a photo'), 'image/png')
    mkdirSync(path.dirname(previewOf(folder, sha256)), { recursive: true })
    writeFileSync(previewOf(folder, sha256), 'its preview')
    const answer = await ask(trialId, id, '?as=preview')
    expect([answer.status, await answer.text()]).toEqual([200, 'its preview'])
  } finally {
    objectStorage = {}
  }
})
