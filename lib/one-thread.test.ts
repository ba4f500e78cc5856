import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createThread } from './one-thread'

const folder = mkdtempSync(path.join(tmpdir(), 'oneway-thread-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Answers the length of a text; never on "slow", and ends on "end". */
const file = path.join(folder, 'thread.mts')
writeFileSync(
  file,
  `import { parentPort } from 'node:worker_threads'
parentPort.on('message', (text) => {
  if (text === 'end') throw new Error('out of memory')
  if (text !== 'slow') parentPort.postMessage(text.length)
})`,
)
const thread = (more: { maxMs?: number; maxWaiting?: number } = {}) =>
  createThread<string, number>({
    file: [path.relative(process.cwd(), file)],
    ...{ maxHeapMb: 64, maxMs: 60_000, maxWaiting: 4 },
    ...more,
  })

test('a request is answered, one after the other', async () => {
  const ask = thread()
  expect(await Promise.all(['a', 'bb', 'ccc'].map(ask))).toEqual(
    [1, 2, 3].map((answer) => ({ status: 'answered', answer })),
  )
})

test('a thread that ends or is too slow gives no answer, and the next request has a new one', async () => {
  const ask = thread({ maxMs: 3_000 })
  expect(await ask('end')).toEqual({ status: 'ended' })
  expect(await ask('slow')).toEqual({ status: 'slow' })
  expect(await ask('four')).toEqual({ status: 'answered', answer: 4 })
})

test('one too many does not wait', async () => {
  const ask = thread({ maxWaiting: 1 })
  const all = await Promise.all(['a', 'b', 'c', 'd'].map(ask))
  expect(all.map(({ status }) => status)).toEqual(['answered', 'answered', 'busy', 'busy'])
})
