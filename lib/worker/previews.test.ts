import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { fileOf, openAttachmentFolder } from '@/lib/attachment-store/folder'
import { recordAttachment } from '@/lib/core/record/attach'
import { engineer, later, must } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { listPreviews } from '@/lib/db/queries/trials/attachments'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { makeNextPreview } from './previews'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-previews-'))
const folder = openAttachmentFolder(home)
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(async () => {
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

async function attach(trialId: string, bytes: Uint8Array, more = {}) {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const keep = async () => {
    mkdirSync(path.dirname(fileOf(folder, sha256)), { recursive: true })
    writeFileSync(fileOf(folder, sha256), bytes)
  }
  const file = { fileName: 'a.png', sha256, type: 'image/png' as const, bytes: bytes.length }
  const about = { trialId, observationId: undefined, uploadId: randomUUID(), keep }
  must(await recordAttachment(lab.db, engineer, { ...file, ...about, ...more }, later(900)), 'done')
  return sha256
}

test('each file gets its preview once, and one that cannot be decoded is not tried again', async () => {
  const { trialId } = await sentTrial(lab.db)
  const [first, second] = await Promise.all([sentTrial(lab.db), sentTrial(lab.db)])
  const png = await sharp({ create: { width: 9, height: 5, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  const good = await attach(trialId, png)
  await attach(first.trialId, png)
  const bad = await attach(second.trialId, Buffer.from('no picture'))
  const turns = [1, 2, 3].map(() => () => makeNextPreview(lab.db, folder, later(901)))
  const made: number[] = []
  for (const turn of turns) made.push(await turn())
  expect(made).toEqual([1, 1, 0])
  expect((await listPreviews(lab.db, trialId)).get(good)).toMatchObject({ state: 'made', width: 9 })
  expect((await listPreviews(lab.db, second.trialId)).get(bad)).toMatchObject({
    ...{ state: 'none', reason: expect.stringContaining('cannot be decoded') },
  })
})
