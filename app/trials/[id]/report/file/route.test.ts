import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { extractText, getDocumentProxy } from 'unpdf'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openAttachmentFolder, previewOf } from '@/lib/attachment-store/folder'
import { guarded } from '@/lib/auth/route-guard.testing'
import { recordAttachment } from '@/lib/core/record/attach'
import { countAction } from '@/lib/core/shared/action-limits'
import { engineer, later, lead, must } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { storePreview } from '@/lib/db/queries/trials/attachments'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { GET } from './route'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-report-'))
const folder = openAttachmentFolder(home)
let lab: TestDb
vi.mock('@/lib/auth/guard', () => import('@/lib/auth/route-guard.testing'))
vi.mock('@/lib/env', async (original) => ({
  ...(await original<typeof import('@/lib/env')>()),
  env: () => ({ ONEWAY_DATA: home }),
}))

beforeAll(async () => {
  lab = await createTestDb()
  guarded.db = lab.db
})
afterAll(async () => {
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

const ask = (id: string, as?: string) =>
  GET(new Request(`http://127.0.0.1/trials/${id}/report/file${as ? `?as=${as}` : ''}`), {
    params: Promise.resolve({ id }),
  })

const exportsOf = async (trialId: string) => {
  const rows = await lab.sql`
    select new from audit_log where kind = 'exported' and trial_id = ${trialId} order by seq`
  return rows.map((row) => row.new)
}

test('both forms are files, marked in their name, and the trail has the hash of each', async () => {
  const { trialId } = await sentTrial(lab.db, { simulated: true })
  const hashes: string[] = []
  for (const [as, type, begin] of [
    ['json', 'application/json; charset=utf-8', '{'],
    ['pdf', 'application/pdf', '%PDF-'],
  ] as const) {
    const answer = await ask(trialId, as)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
    expect(answer.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="T-\\d+-SIMULATED-report\\.${as}"$`),
    )
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform')
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.subarray(0, begin.length).toString()).toBe(begin)
    hashes.push(createHash('sha256').update(bytes).digest('hex'))
  }
  expect(await exportsOf(trialId)).toMatchObject([
    { file: 'trial report', filter: { as: 'json' }, complete: true, sha256: hashes[0] },
    { file: 'trial report', filter: { as: 'pdf' }, complete: true, sha256: hashes[1] },
  ])
  expect(new Set(guarded.asked)).toEqual(new Set(['readTrail']))
})

/** A photo on the record whose preview was made; without `jpeg` its file is lost. */
async function attach(trialId: string, fileName: string, jpeg?: Uint8Array) {
  const sha256 = createHash('sha256').update(randomUUID()).digest('hex')
  const about = { trialId, observationId: undefined, uploadId: randomUUID() }
  const file = { fileName, sha256, type: 'image/jpeg' as const, bytes: 9, keep: async () => {} }
  must(await recordAttachment(lab.db, engineer, { ...about, ...file }, later(900)), 'done')
  const made = { state: 'made' as const, reason: null, width: 8, height: 8, takenText: null }
  await storePreview(lab.db, { sha256, ...made, madeAt: later(900) })
  if (!jpeg) return
  mkdirSync(path.dirname(previewOf(folder, sha256)), { recursive: true })
  writeFileSync(previewOf(folder, sha256), jpeg)
}

test('the PDF has the photos up to its bound, and says which pictures it has not and why', async () => {
  const { trialId } = await sentTrial(lab.db, { simulated: true })
  const picture = { width: 8, height: 8, channels: 3, background: '#246' } as const
  const jpeg = await sharp({ create: picture }).jpeg().toBuffer()
  await attach(trialId, 'first.jpg', jpeg)
  await attach(trialId, 'lost.jpg')
  await attach(trialId, 'huge.jpg', Buffer.concat([jpeg, randomBytes(32 * 1024 * 1024)]))
  const pdf = Buffer.from(await (await ask(trialId, 'pdf')).arrayBuffer())
  expect(pdf.toString('latin1').match(/\/Subtype \/Image/g)).toHaveLength(1)
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(pdf)), {
    mergePages: true,
  })
  const read = text.replaceAll(/\s+/g, ' ')
  for (const words of ['first.jpg', 'The picture is missing from the data folder', 'huge.jpg'])
    expect(read).toContain(words)
  expect(read).toContain('this file holds 32 MiB of pictures at most')
})

test('what is no trial is answered by 404 and an unknown form by 400, and neither is an export', async () => {
  const id = randomUUID()
  const none = await ask(id)
  expect([none.status, await none.text()]).toEqual([404, 'There is no such trial.\n'])
  const form = await ask(id, 'docx')
  expect([form.status, await form.text()]).toEqual([400, 'as: Accepted: json, pdf.\n'])
  expect(await exportsOf(id)).toEqual([])
})

test('a report takes a turn of the exports of this person, and the one too many waits', async () => {
  const { trialId } = await sentTrial(lab.db)
  while (!(await countAction(lab.db, lead, 'export', new Date())));
  const answer = await ask(trialId, 'pdf')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([
    429,
    expect.stringMatching(/^\d+$/),
  ])
  expect(await exportsOf(trialId)).toEqual([])
})
