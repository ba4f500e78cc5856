import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { MantineProvider } from '@mantine/core'
import { renderToStaticMarkup } from 'react-dom/server'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Clock } from '@/components/data/when'
import { fileOf, openAttachmentFolder } from '@/lib/attachment-store/folder'
import { keepMoveState } from '@/lib/attachment-store/store'
import { recordAttachment } from '@/lib/core/record/attach'
import { engineer, later, must } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { FilesNote } from './storage-note'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-note-'))
const folder = openAttachmentFolder(home)
let objectStorage = {}
vi.mock('@/lib/auth/guard', () => ({ authorize: () => undefined }))
vi.mock('@/lib/env', async (original) => ({
  ...(await original<typeof import('@/lib/env')>()),
  env: () => ({ ONEWAY_DATA: home, ...objectStorage }),
}))
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(async () => {
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

const put = (text: string): string => {
  const sha256 = createHash('sha256').update(text).digest('hex')
  mkdirSync(path.dirname(fileOf(folder, sha256)), { recursive: true })
  writeFileSync(fileOf(folder, sha256), text)
  return sha256
}

/** What the note says, as text. */
async function said(): Promise<string> {
  const page = renderToStaticMarkup(
    <MantineProvider>
      <Clock at={later(1000).toISOString()}>{await FilesNote({ db: lab.db })}</Clock>
    </MantineProvider>,
  )
  return page.replace(/<style[^>]*>[^<]*<\/style>/g, '').replace(/<[^>]*>/g, '')
}

test('the page says where files are, how many wait to be moved, and what keeps them', async () => {
  expect(await said()).toContain('Attachments are stored in the data folder of this machine.')
  objectStorage = {
    ...{ ONEWAY_S3_ENDPOINT: 'https://s3.lab.example', ONEWAY_S3_BUCKET: 'evidence' },
    ...{ ONEWAY_S3_KEY_ID: 'key', ONEWAY_S3_SECRET: 'canary secret', ONEWAY_S3_PREFIX: 'o/' },
  }
  put('a file that no row names')
  const place = 'Attachments are stored in the bucket evidence at s3.lab.example under o/.'
  expect(await said()).toContain(`${place} No files wait on this machine to be moved there.`)

  const { trialId } = await sentTrial(lab.db)
  const keep = async () => undefined
  const file = { fileName: 'a.png', type: 'image/png' as const, bytes: 3, sha256: put('one') }
  const about = { trialId, observationId: undefined, uploadId: randomUUID(), keep }
  must(await recordAttachment(lab.db, engineer, { ...file, ...about }, later(900)), 'done')
  expect(await said()).toContain(`${place} 1 file waits on this machine`)
  const problem = 'the object storage at s3.lab.example is full (507)'
  await keepMoveState({ ...folder }, { at: later(990).toISOString(), problem })
  const words = await said()
  expect(words).toMatch(/The last try, .*, failed: the object storage at s3\.lab\.example is full/)
  expect(words).not.toContain('canary')
})
