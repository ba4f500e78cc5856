import { expect, test } from 'vitest'
import { readInThread } from './read-in-thread'
import { importLimits } from './split-csv'

const now = new Date('2026-03-02T09:00:00Z')
const request = (text: string) => ({
  bytes: new TextEncoder().encode(text),
  choices: {},
  kept: {},
  now,
})
/** Milliseconds of processor time this thread has spent. */
const spentMs = () => process.threadCpuUsage().user / 1000

test('a file is read in a thread, and its times come back as times', async () => {
  const read = await readInThread(
    request('Serial,Read at,Battery\nC39VC0,2026-03-01T09:00:00Z,50\n'),
  )
  expect(read).toMatchObject({ rows: [{ readAt: new Date('2026-03-01T09:00:00Z') }] })
})

test('what cannot be read comes back as words', async () => {
  expect(await readInThread(request('{}'))).toEqual({ problem: expect.stringContaining('JSON') })
})

test('20,000 rows of one serial cost the calling thread a fraction of a second', async () => {
  const rows = 'SAMESERIAL01,Lab,iOS\n'.repeat(importLimits.rows)
  await readInThread(request('Serial\nC39VC0\n'))
  const before = spentMs()
  const read = await readInThread(request(`Serial,Name,Platform\n${rows}`))
  expect(read).toHaveProperty('rows.length', importLimits.rows)
  expect(spentMs() - before).toBeLessThan(500)
})

test('no more files wait than there is memory for', async () => {
  const reads = await Promise.all(
    Array.from({ length: 8 }, () => readInThread(request('Serial\nC39VC0\n'))),
  )
  const refused = reads.filter((read) => 'problem' in read)
  expect(refused.length).toBeGreaterThan(0)
  expect(reads.length - refused.length).toBeGreaterThanOrEqual(4)
})
