import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openBucket } from '@/lib/attachment-store/bucket'
import { type FakeBucket, startFakeBucket } from '@/lib/attachment-store/bucket.testing'
import { fileOf, openAttachmentFolder, previewOf } from '@/lib/attachment-store/folder'
import { readMoveState } from '@/lib/attachment-store/store'
import { recordAttachment } from '@/lib/core/record/attach'
import { engineer, later, must } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { forgetPreviews } from '@/lib/db/queries/trials/attachments'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createMoves, findLostPreviews } from './move-attachments'
import { makeNextPreview } from './previews'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-moves-'))
let lab: TestDb
let fake: FakeBucket
let store: ReturnType<typeof openStore>
const openStore = () => ({
  ...openAttachmentFolder(mkdtempSync(path.join(home, 'data-'))),
  bucket: openBucket(fake.settings),
})
const logged: string[] = []
const log = {
  info: (_: object, words: string) => void logged.push(words),
  error: (_: object, words: string) => void logged.push(words),
}

beforeAll(async () => {
  lab = await createTestDb()
  fake = await startFakeBucket()
})
beforeEach(() => {
  store = openStore()
  fake.state.fault = () => undefined
  logged.length = 0
})
afterAll(async () => {
  await fake.close()
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

function put(bytes: Uint8Array): string {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  mkdirSync(path.dirname(fileOf(store, sha256)), { recursive: true })
  writeFileSync(fileOf(store, sha256), bytes)
  return sha256
}

async function attach(bytes: Uint8Array): Promise<string> {
  const { trialId } = await sentTrial(lab.db)
  const sha256 = put(bytes)
  const file = { fileName: 'a.png', sha256, type: 'image/png' as const, bytes: bytes.length }
  const keep = async () => undefined
  const about = { trialId, observationId: undefined, uploadId: randomUUID(), keep }
  must(await recordAttachment(lab.db, engineer, { ...file, ...about }, later(900)), 'done')
  return sha256
}

const isHere = (sha256: string) => existsSync(fileOf(store, sha256))
const drawPng = (width: number) =>
  sharp({ create: { width, height: 5, channels: 3, background: 'red' } })
    .png()
    .toBuffer()

test('a file of the record is moved after its preview; one without a row stays', async () => {
  const named = await attach(await drawPng(9))
  const unnamed = put(randomBytes(20))
  const moveAll = createMoves(lab.db, store, { log })
  expect(await moveAll(later(901))).toBe('done')
  expect(isHere(named)).toBe(true)
  await makeNextPreview(lab.db, store, later(902))
  expect(await moveAll(later(903))).toBe('done')
  expect([isHere(named), isHere(unnamed)]).toEqual([false, true])
  expect([...fake.objects.keys()]).toEqual([`files/${named}`])
  expect(await readMoveState(store)).toEqual({ at: later(903).toISOString() })
})

test('a storage that is down keeps every file here, is told once, and gets them when it is back', async () => {
  const hashes = [await attach(await drawPng(10)), await attach(await drawPng(11))]
  for (const _ of hashes) await makeNextPreview(lab.db, store, later(902))
  const moveAll = createMoves(lab.db, store, { log })
  fake.state.fault = () => 'cut'
  expect([await moveAll(later(903)), await moveAll(later(904))]).toEqual(['failed', 'failed'])
  expect(hashes.map(isHere)).toEqual([true, true])
  expect(logged).toEqual(['a file of an attachment was not moved; it is kept here'])
  expect(await readMoveState(store)).toMatchObject({
    ...{ at: later(904).toISOString(), problem: expect.stringContaining('does not answer') },
  })
  fake.state.fault = () => undefined
  expect(await moveAll(later(905))).toBe('done')
  expect(hashes.map(isHere)).toEqual([false, false])
  expect(await readMoveState(store)).toEqual({ at: later(905).toISOString() })
})

test('a damaged file keeps no other from being moved, and is named', async () => {
  const bad = await attach(await drawPng(12))
  const good = await attach(await drawPng(13))
  for (const _ of [bad, good]) await makeNextPreview(lab.db, store, later(902))
  writeFileSync(fileOf(store, bad), 'something else')
  const moveAll = createMoves(lab.db, store, { log })
  await moveAll(later(903))
  await moveAll(later(904))
  expect([isHere(bad), isHere(good)]).toEqual([true, false])
  expect((await readMoveState(store))?.problem).toContain(bad)
  expect(fake.objects.has(`files/${bad}`)).toBe(false)
})

test('a worker that ends does not wait for a storage that is silent', async () => {
  await attach(await drawPng(14))
  await makeNextPreview(lab.db, store, later(902))
  fake.state.fault = () => 'silent'
  const moveAll = createMoves(lab.db, store, { log })
  expect(await moveAll(later(903), AbortSignal.timeout(50))).toBe('done')
})

test('on a new disk the previews are made again from the storage', async () => {
  const sha256 = await attach(await drawPng(15))
  await makeNextPreview(lab.db, store, later(902))
  await createMoves(lab.db, store, { log })(later(903))
  rmSync(previewOf(store, sha256))
  expect(await findLostPreviews(lab.db, store)).toBeGreaterThan(0)
  while ((await makeNextPreview(lab.db, store, later(904))) === 1);
  expect(existsSync(previewOf(store, sha256))).toBe(true)
  expect(isHere(sha256)).toBe(false)
})

test('a file that the storage does not give keeps no later one from its preview and from being moved', async () => {
  const lost = await attach(await drawPng(16))
  await makeNextPreview(lab.db, store, later(902))
  const moveAll = createMoves(lab.db, store, { log })
  await moveAll(later(903))
  await forgetPreviews(lab.db, [lost])
  fake.state.fault = ({ url }) =>
    url.pathname.includes(lost) ? { status: 403, code: 'InvalidObjectState' } : undefined
  const fresh = await attach(await drawPng(17))
  const skipped = { upTo: 0 }
  const tryThrice = async () => {
    for (const at of [904, 905, 906]) await makeNextPreview(lab.db, store, later(at), skipped)
  }
  await tryThrice()
  expect(existsSync(previewOf(store, fresh))).toBe(true)
  await moveAll(later(907))
  expect(isHere(fresh)).toBe(false)
  fake.state.fault = () => undefined
  rmSync(previewOf(store, lost))
  await tryThrice()
  expect(existsSync(previewOf(store, lost))).toBe(true)
})
