import path from 'node:path'
import { Worker } from 'node:worker_threads'
import type { ImportRequest, ReadImport } from './read-import'
import type { Unread } from './read-table'

/** A file that takes longer is not read; 20,000 full rows take about a second. */
const maxReadMs = 20_000
/** Files that may wait while one is read: each is up to 5 MB of memory. */
const maxWaiting = 4
/** Then the thread is given up, and its memory with it. */
const idleMs = 60_000

let thread: Worker | undefined
let idle: NodeJS.Timeout | undefined
let last: Promise<unknown> = Promise.resolve()
let waiting = 0

/**
 * Reads a file in a thread of this process, one at a time, so that whatever a file holds, nothing else
 * waits for it. What cannot be read in time, or in the memory a thread gets, is refused in words.
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
  // By its path and not by its URL: what Next bundles has no place beside this file, and the process
  // runs in the clone's folder with tsx, as lib/web/main.ts itself does.
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

/** Between two files the thread keeps no process alive, and is ended after a while. */
function rest(worker: Worker) {
  worker.unref()
  idle = setTimeout(() => closeThread(worker), idleMs)
  idle.unref()
}
