import path from 'node:path'
import { Worker } from 'node:worker_threads'

type Thread = {
  /** The file that the thread runs, from the folder of the repository. */
  file: readonly string[]
  maxHeapMb: number
  /** The time limit for one request. */
  maxMs: number
  /** How many requests may wait while one is worked on. */
  maxWaiting: number
}

/** Why there is no answer: too many wait, it took too long, or the thread ended, as it does without memory. */
export type NoAnswer = 'busy' | 'slow' | 'ended'
export type Answered<A> = { status: 'answered'; answer: A } | { status: NoAnswer }

/** An idle thread is ended after this time, to free its memory. */
const idleMs = 60_000

/**
 * Work that would block the process, in a thread of its own, one request at a time. The thread starts with the first request
 * and ends when it is idle.
 */
export function createThread<Request, Answer>({ file, maxHeapMb, maxMs, maxWaiting }: Thread) {
  let thread: Worker | undefined
  let idle: NodeJS.Timeout | undefined
  let last: Promise<unknown> = Promise.resolve()
  let waiting = 0

  const close = (worker: Worker) => {
    if (thread === worker) thread = undefined
    void worker.terminate()
  }
  const open = (): Worker => {
    // By its path and not by its URL, as Next bundles the callers elsewhere; the process runs in the repository's folder
    // with tsx, as lib/web/main.ts does.
    thread ??= new Worker(path.join(process.cwd(), ...file), {
      execArgv: ['--import', 'tsx'],
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    })
    return thread
  }
  /** Lets the process end while the thread is idle, and ends the thread after a while. */
  const rest = (worker: Worker) => {
    worker.unref()
    idle = setTimeout(() => close(worker), idleMs)
    idle.unref()
  }
  const work = (request: Request): Promise<Answered<Answer>> => {
    clearTimeout(idle)
    const worker = open()
    worker.ref()
    return new Promise((resolve) => {
      const settle = (answered: Answered<Answer>) => {
        clearTimeout(timer)
        worker.off('message', received).off('error', failed).off('exit', failed)
        if (answered.status === 'answered') rest(worker)
        else close(worker)
        resolve(answered)
      }
      const received = (answer: Answer) => settle({ status: 'answered', answer })
      const failed = () => settle({ status: 'ended' })
      const timer = setTimeout(() => settle({ status: 'slow' }), maxMs)
      worker.once('message', received).once('error', failed).once('exit', failed)
      worker.postMessage(request)
    })
  }
  return async (request: Request): Promise<Answered<Answer>> => {
    if (waiting > maxWaiting) return { status: 'busy' }
    waiting++
    const turn = last.then(() => work(request))
    last = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      waiting--
    }
  }
}
