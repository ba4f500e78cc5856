import type { Child } from './children'

export type Supervision = {
  /** Starts the process and resolves once it is ready. @throws Error with its output */
  start(begin: (child: Child) => void): Promise<Child>
  say(line: string): void
  /** The pause after n failures in a row; tests shorten it. */
  waitMs?(failures: number): number
}

export type Supervised = {
  /** The running process, or the last one. */
  current(): Child
  /** Stops the process for good. */
  stop(): Promise<void>
}

/** After this time the end of a process counts as its first failure. */
const healthyMs = 60_000
const longestWaitMs = 30_000

const backOffMs = (failures: number) => Math.min(1000 * 2 ** (failures - 1), longestWaitMs)

/**
 * Keeps one process running: restarts it after 1 s when it ends unasked; the pause doubles with each failure in
 * a row, up to 30 s.
 * @throws Error if the first start fails
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
      failures = performance.now() - begunAt > healthyMs ? 1 : failures + 1
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
