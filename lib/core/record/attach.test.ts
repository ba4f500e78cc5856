import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listAttachments } from '@/lib/db/queries/trials/attachments'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { checkSignatures } from '../kernel/sign'
import { engineer, later, lead, must } from '../testing/people'
import { proofOf, sentTrial } from '../testing/trial'
import { concludeTrial } from '../trials/conclude-trial'
import {
  beginAttachment,
  type RecordAttachment,
  recordAttachment,
  withdrawAttachment,
} from './attach'
import { observe } from './observe'
import { approvedAndLocked } from './review.testing'
import { readContributions } from './review-trial'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const at = later(900)
const newHash = () => createHash('sha256').update(randomBytes(8)).digest('hex')

function photo(trialId: string, more: Partial<RecordAttachment> = {}): RecordAttachment {
  return {
    ...{ trialId, observationId: undefined, fileName: 'IMG_0001.HEIC', sha256: newHash() },
    ...{
      type: 'image/heic',
      bytes: 1_200_000,
      uploadId: randomUUID(),
      keep: async () => undefined,
    },
    ...more,
  }
}

async function sighting(trialId: string): Promise<number> {
  const seen = { trialId, kind: 'promptShown' as const, text: '', observedAt: at }
  const { id } = must(
    await observe(lab.db, engineer, { ...seen, nonce: randomUUID() }, at),
    'logged',
  )
  return id ?? 0
}

async function concluded(trialId: string) {
  const proofId = await proofOf(lab.db, lead, 'overrule', trialId, later(920))
  const decision = { trialId, outcome: 'installedAsExpected' as const, reason: 'seen by two' }
  must(await concludeTrial(lab.db, lead, { ...decision, proofId }, later(920)), 'concluded')
}

test('a photo of a sighting is on the record with its hash, and the trail has it', async () => {
  const { trialId } = await sentTrial(lab.db, { simulated: true })
  const observationId = await sighting(trialId)
  const one = photo(trialId, { observationId })
  must(await recordAttachment(lab.db, engineer, one, at), 'done')
  const [row] = await listAttachments(lab.db, trialId)
  expect(row).toMatchObject({
    ...{ observationId, fileName: 'IMG_0001.HEIC', type: 'image/heic', bytes: 1_200_000 },
    ...{ sha256: one.sha256, attachedAt: at, byName: 'Erin', simulated: true },
  })
  const [entry] = await lab.sql`
    select by_id, new ->> 'sha256' as sha256 from audit_log where table_name = 'attachments' and trial_id = ${trialId}`
  expect(entry).toEqual({ by_id: 'e1', sha256: one.sha256 })
})

test('the end of an upload that is told twice makes one row, and keeps its file once', async () => {
  const { trialId } = await sentTrial(lab.db)
  let kept = 0
  const keep = async () => void kept++
  const one = photo(trialId, { keep })
  const both = await Promise.all([1, 2].map(() => recordAttachment(lab.db, engineer, one, at)))
  expect(both).toEqual([{ status: 'done' }, { status: 'done' }])
  expect(await listAttachments(lab.db, trialId)).toHaveLength(1)
  expect(kept).toBe(1)
})

test('a file that cannot be kept leaves no row', async () => {
  const { trialId } = await sentTrial(lab.db)
  const keep = () => Promise.reject(new Error('ENOSPC: no space left on device'))
  await expect(recordAttachment(lab.db, engineer, photo(trialId, { keep }), at)).rejects.toThrow(
    'ENOSPC',
  )
  expect(await listAttachments(lab.db, trialId)).toEqual([])
})

test('the same file twice in one place is one row, told before its first byte; elsewhere it is another', async () => {
  const { trialId } = await sentTrial(lab.db)
  const one = photo(trialId)
  must(await recordAttachment(lab.db, engineer, one, at), 'done')
  must(await beginAttachment(lab.db, lead, one, at), 'there')
  must(await recordAttachment(lab.db, lead, { ...one, uploadId: randomUUID() }, at), 'there')
  expect(await listAttachments(lab.db, trialId)).toHaveLength(1)
  const observationId = await sighting(trialId)
  must(await beginAttachment(lab.db, lead, { ...one, observationId }, at), 'done')
})

test.each([
  ['an empty name', { fileName: '  ' }, 'fileName'],
  ['a name of 256 characters', { fileName: 'a'.repeat(256) }, 'fileName'],
  ['a name on two lines', { fileName: 'a\nb.jpg' }, 'fileName'],
  ['an observation that is none', { observationId: 999_999 }, 'observationId'],
])('%s is refused by its field', async (_, more, field) => {
  const { trialId } = await sentTrial(lab.db)
  const one = photo(trialId, more)
  expect(await beginAttachment(lab.db, engineer, one, at)).toMatchObject({ field })
  expect(await recordAttachment(lab.db, engineer, one, at)).toMatchObject({ field })
})

test('a name like a path is kept as a name', async () => {
  const { trialId } = await sentTrial(lab.db)
  must(
    await recordAttachment(lab.db, engineer, photo(trialId, { fileName: '../../etc/passwd' }), at),
    'done',
  )
  const [row] = await listAttachments(lab.db, trialId)
  expect(row?.fileName).toBe('../../etc/passwd')
})

test('the observation of another trial is refused, by the database too', async () => {
  const [mine, other] = [await sentTrial(lab.db), await sentTrial(lab.db)]
  const observationId = await sighting(other.trialId)
  const one = photo(mine.trialId, { observationId })
  expect(await recordAttachment(lab.db, engineer, one, at)).toMatchObject({
    field: 'observationId',
  })
  await expect(lab.sql`
    insert into attachments (trial_id, observation_id, file_name, type, bytes, sha256, attached_at, by_id, by_name, upload_id)
    values (${mine.trialId}, ${observationId}, 'a', 'image/png', 1, ${newHash()}, now(), 'e1', 'Erin', 'u')`).rejects.toThrow(
    'is not of this trial',
  )
})

test('nothing is attached to an approved trial, and to one in review it is', async () => {
  const { trialId } = await sentTrial(lab.db)
  await concluded(trialId)
  must(await recordAttachment(lab.db, engineer, photo(trialId), later(930)), 'done')
  await approvedAndLocked(lab.db, trialId)
  const late = await recordAttachment(lab.db, engineer, photo(trialId), later(5000))
  expect(late).toMatchObject({ reason: expect.stringContaining('until a lead unlocks it') })
  await expect(lab.sql`
    insert into attachments (trial_id, file_name, type, bytes, sha256, attached_at, by_id, by_name, upload_id)
    values (${trialId}, 'a', 'image/png', 1, ${newHash()}, now(), 'e1', 'Erin', 'late')`).rejects.toThrow(
    'nothing is written to its record',
  )
})

test('an attachment never changes or goes; a withdrawal with a reason stands beside it', async () => {
  const { trialId } = await sentTrial(lab.db)
  must(await recordAttachment(lab.db, engineer, photo(trialId), at), 'done')
  const [row] = await listAttachments(lab.db, trialId)
  const attachmentId = row?.id ?? 0
  await expect(lab.sql`update attachments set sha256 = ${newHash()}`).rejects.toThrow('only grows')
  await expect(lab.sql`delete from attachments`).rejects.toThrow('only grows')
  const withdrawal = { trialId, attachmentId, reason: 'It shows another device.' }
  expect(
    await withdrawAttachment(lab.db, engineer, { ...withdrawal, reason: 'wrong' }, at),
  ).toMatchObject({ field: 'reason' })
  must(await withdrawAttachment(lab.db, lead, withdrawal, at), 'done')
  expect(await withdrawAttachment(lab.db, lead, withdrawal, at)).toMatchObject({
    reason: 'it was withdrawn by Lee already',
  })
  const [after] = await listAttachments(lab.db, trialId)
  expect(after?.withdrawn).toMatchObject({ byName: 'Lee', reason: 'It shows another device.' })
  const contributors = (await readContributions(lab.db, trialId)).map(
    ({ byId, did }) => `${byId} ${did}`,
  )
  expect(contributors).toEqual(
    expect.arrayContaining(['e1 attached a file', 'l1 withdrew an attachment']),
  )
  const [author] = await lab.sql`select is_author_of(${trialId}, 'l1') as is`
  expect(author?.is).toBe(true)
})

test('a signature covers the attachments there were, and breaks when one is altered past the guards', async () => {
  const { trialId } = await sentTrial(lab.db)
  must(await recordAttachment(lab.db, engineer, photo(trialId), at), 'done')
  await concluded(trialId)
  must(await recordAttachment(lab.db, engineer, photo(trialId), later(930)), 'done')
  const holds = async () =>
    (await checkSignatures(lab.db, trialId)).map(({ differences }) => differences.length === 0)
  expect(await holds()).toEqual([true, true])
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update attachments set bytes = 7 where trial_id = ${trialId} and attached_at = ${at.toISOString()}`
  })
  expect(await holds()).toContain(false)
})
