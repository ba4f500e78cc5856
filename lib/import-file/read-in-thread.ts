import { createThread, type NoAnswer } from '../one-thread'
import type { ImportRequest, ReadImport } from './read-import'
import type { Unread } from './read-table'

/** The time limit for one file; 20,000 full rows take about a second. */
const maxMs = 20_000

/** Each waiting file takes up to 5 MB of memory. */
const ask = createThread<ImportRequest, ReadImport | Unread>({
  file: ['lib', 'import-file', 'thread.ts'],
  maxHeapMb: 384,
  maxMs,
  maxWaiting: 4,
})

const problems: Record<NoAnswer, string> = {
  busy: 'Several other files are being read at the moment. Try again in a few seconds.',
  slow: `The file takes longer than ${maxMs / 1000} seconds to read: split it.`,
  ended: 'The file cannot be read in the memory an import may take: split it.',
}

/**
 * Reads a file in a thread, one file at a time, so that no file can block the process. A file that cannot be read in
 * time or in the thread's memory is refused with a reason.
 */
export async function readInThread(request: ImportRequest): Promise<ReadImport | Unread> {
  const answered = await ask(request)
  return answered.status === 'answered' ? answered.answer : { problem: problems[answered.status] }
}
