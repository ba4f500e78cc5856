import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lead } from '@/lib/core/testing/people'
import { createTestDb, type TestDb } from '../testing'
import { type ExportedFile, recordExport } from './record-action'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const csv: ExportedFile = {
  file: 'trials',
  form: 'csv',
  filter: { environment: 'real', text: 'iPad' },
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const lastEntry = async () => {
  const [entry] = await lab.sql`select * from audit_log order by seq desc limit 1`
  return entry
}

/** Gives its chunks one by one, and fails after them where it is told to. */
const chunked = (chunks: string[], failure?: Error) =>
  new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = chunks.shift()
        if (next !== undefined) controller.enqueue(new TextEncoder().encode(next))
        else if (failure) controller.error(failure)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )

test('a file that was read to its end is an entry: who, what, filter, rows and the hash of its bytes', async () => {
  const chunks = ['a,b\r\n1,"two\r\n', 'lines, ""and"" a', ' quote"\r\n3,é\r\n']
  const text = chunks.join('')
  const body = recordExport(lab.db, lead, { ...csv, trialId: crypto.randomUUID() }, chunked(chunks))
  expect(await new Response(body).text()).toBe(text)
  expect(await lastEntry()).toMatchObject({
    kind: 'exported',
    by_name: lead.name,
    trial_id: expect.any(String),
    new: {
      file: 'trials',
      filter: { environment: 'real', text: 'iPad' },
      rows: 2,
      bytes: Buffer.byteLength(text),
      sha256: sha256(text),
      complete: true,
    },
  })
})

test('of a reader who goes away the trail has what was sent until then', async () => {
  const source = chunked(['a\r\n', '1\r\n2\r\n', '3\r\n'])
  const reader = recordExport(lab.db, lead, csv, source).getReader()
  await reader.read()
  await reader.read()
  await reader.cancel()
  expect((await lastEntry())?.new).toMatchObject({
    rows: 2,
    sha256: sha256('a\r\n1\r\n2\r\n'),
    complete: false,
    reason: 'the reader went away',
  })
})

test('a source that fails breaks the transfer and is an entry all the same', async () => {
  const body = recordExport(lab.db, lead, csv, chunked(['a\r\n'], new Error('gone')))
  await expect(new Response(body).text()).rejects.toThrow('gone')
  expect((await lastEntry())?.new).toMatchObject({ rows: 0, complete: false })
})

test('where the trail cannot take it, no file comes to its end', async () => {
  const actor = { ...lead, name: '\u0000' }
  const body = recordExport(lab.db, actor, csv, 'a\r\n')
  await expect(new Response(body).text()).rejects.toThrow()
})

test('bytes that are no table have no rows', async () => {
  const reply: ExportedFile = { file: 'reply', form: 'bytes', table: 'raw_events', row: '7' }
  await new Response(recordExport(lab.db, lead, reply, Uint8Array.of(10, 10))).bytes()
  const entry = await lastEntry()
  expect(entry).toMatchObject({ table_name: 'raw_events', row_id: '7', new: { bytes: 2 } })
  expect(entry?.new.rows).toBeUndefined()
})
