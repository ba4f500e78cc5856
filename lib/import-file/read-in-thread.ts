import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ImportRequest, ReadImport } from './read-import'
import type { Unread } from './read-table'

/** The time limit for one file; 20,000 full rows take about a second. */
const maxReadMs = 20_000
/** The number of files that may wait while one is read; each takes up to 5 MB of memory. */
const maxWaiting = 4
/** An idle thread is ended after this time, to free its memory. */
const idleMs = 60_000

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
let last: Promise<unknown> = Promise.resolve()
let waiting = 0

/**
 * Reads a file in a thread, one file at a time, so that no file can block the process. A file that cannot be read in
 * time or in the thread's memory is refused with a reason.
 */
export async function readInThread(request: ImportRequest): Promise<ReadImport | Unread> {
  if (waiting > maxWaiting)
    return {
      problem: 'Several other files are being read at the moment. Try again in a few seconds.',
    }
  waiting++
  const turn = last.then(() => read(request))
  last = turn.catch(() => undefined)
  try {
    return await turn
  } finally {
    waiting--
  }
}

function read(request: ImportRequest): Promise<ReadImport | Unread> {
  clearTimeout(idle)
  const worker = openThread()
  worker.ref()
  return new Promise((resolve) => {
    const settle = (answer: ReadImport | Unread, lost: boolean) => {
      clearTimeout(timer)
      worker.off('message', received).off('error', failed).off('exit', failed)
      if (lost) closeThread(worker)
      else rest(worker)
      resolve(answer)
    }
    const received = (answer: ReadImport | Unread) => settle(answer, false)
    const failed = () =>
      settle(
        { problem: 'The file cannot be read in the memory an import may take: split it.' },
        true,
      )
    const timer = setTimeout(
      () =>
        settle(
          { problem: `The file takes longer than ${maxReadMs / 1000} seconds to read: split it.` },
          true,
        ),
      maxReadMs,
    )
    worker.once('message', received).once('error', failed).once('exit', failed)
    worker.postMessage(request)
  })
}

function openThread(): Worker {
  if (thread) return thread
  // By its path and not by its URL, as Next bundles this file elsewhere; the process runs in the repository's folder with
  // tsx, as lib/web/main.ts does.
  const file = path.join(process.cwd(), 'lib', 'import-file', 'thread.ts')
  thread = new Worker(file, {
    execArgv: ['--import', 'tsx'],
    resourceLimits: { maxOldGenerationSizeMb: 384 },
  })
  return thread
}

function closeThread(worker: Worker) {
  if (thread === worker) thread = undefined
  void worker.terminate()
}

/** Lets the process end while the thread is idle, and ends the thread after a while. */
function rest(worker: Worker) {
  worker.unref()
  idle = setTimeout(() => closeThread(worker), idleMs)
  idle.unref()
}
