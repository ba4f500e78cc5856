import type { Child } from './children'

export type Supervision = {
  /** Starts the process and resolves once it works. @throws Error with its last words */
  start(begin: (child: Child) => void): Promise<Child>
  say(line: string): void
  /** Before the n-th start in a row; tests have no time. */
  waitMs?(failures: number): number
}

export type Supervised = {
  /** The process that runs now, or the last one that did. */
  current(): Child
  /** Asks it to end and starts it no more. */
  stop(): Promise<void>
}

/** A process that has worked for so long did not end because of how it was started. */
const soundMs = 60_000
const longestWaitMs = 30_000

const backOffMs = (failures: number) => Math.min(1000 * 2 ** (failures - 1), longestWaitMs)

/**
 * Keeps one process running: who ends unasked is started again, after 1 s and then twice as long each time,
 * 30 s at most. The others go on meanwhile.
 * @throws Error where the first start fails
 */
export async function supervise({
  start,
  say,
  waitMs = backOffMs,
}: Supervision): Promise<Supervised> {
  const stopping = new AbortController()
  let child: Child | undefined
  const begin = (begun: Child) => {
    child = begun
  }
  let current = await start(begin)
  current.show()

  const keep = async () => {
    let failures = 0
    let begunAt = performance.now()
    while (!stopping.signal.aborted) {
      const how = await current.exited
      if (stopping.signal.aborted) return
      failures = performance.now() - begunAt > soundMs ? 1 : failures + 1
      const ms = waitMs(failures)
      say(`${current.name} ${how}; it is started again in ${Math.ceil(ms / 1000)} s`)
      await pause(ms, stopping.signal)
      if (stopping.signal.aborted) return
      begunAt = performance.now()
      current = await startAgain(current)
    }
  }
  const startAgain = async (before: Child): Promise<Child> => {
    try {
      const again = await start(begin)
      say(`${again.name} runs again`)
      again.show()
      return again
    } catch (error) {
      if (!stopping.signal.aborted) say(error instanceof Error ? error.message : String(error))
      await child?.stop()
      return child ?? before
    }
  }
  const kept = keep()

  return {
    current: () => current,
    async stop() {
      stopping.abort()
      await child?.stop()
      await kept
    },
  }
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
