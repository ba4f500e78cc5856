import { randomUUID } from 'node:crypto'
import type { Sql } from 'postgres'

/** lib/db/sql/guards/audit_move_head.sql notifies it of each commit that the trail has an entry of. */
const channel = 'oneway_recorded'
const pingEveryMs = 10_000
/** Between two looks, in one statement, at whether something is due. */
const usualSweepMs = 10_000

export type Wake = {
  /** How often something was recorded since the start. */
  count(): number
  /** Resolves after so many milliseconds, or as soon as something is recorded after `count` gave `seen`, or at a stop. */
  wait(ms: number, seen: number, stopping: AbortSignal): Promise<void>
  /** Whether notices arrive: a worker that is deaf has to look by itself. */
  hears(): boolean
  /** Ends its notices; the connection ends with the pool. */
  stop(): void
}

/**
 * Listens for what is recorded, by this process or another. Whether it hears is tried with notices of its own: a connection may
 * be gone without a sign, and a pooler in transaction mode takes LISTEN and delivers nothing.
 */
export function createWake(
  sql: Sql,
  report: (error: unknown) => void,
  everyMs = pingEveryMs,
): Wake {
  const ping = `ping ${randomUUID()}`
  const waiting = new Set<() => void>()
  let [count, pings, cameBack] = [0, 0, 0]
  const wake = () => {
    count += 1
    for (const end of [...waiting]) end()
  }
  const receive = (payload: string) => {
    if (payload.startsWith(ping)) cameBack = Number(payload.slice(ping.length))
    else if (!payload.startsWith('ping')) wake()
  }
  // The newest notice may still be under way.
  const hears = () => cameBack > 0 && cameBack >= pings - 1
  const listen = () => {
    // What was recorded while the connection was away is looked for at once.
    const listening = sql.listen(channel, receive, wake)
    listening.catch(report)
    return listening
  }
  let listening = listen()
  // Only where nobody listens any more is another LISTEN sent. A connection that is gone answers nothing, until its deadline.
  const leave = () => listening.then(({ unlisten }) => unlisten()).catch(report)
  let isLeaving = false
  const listenAnew = async () => {
    if (isLeaving) return
    isLeaving = true
    await leave()
    isLeaving = false
    listening = listen()
  }
  const tryIt = async () => {
    if (pings > cameBack + 1) void listenAnew()
    await sql`select pg_notify(${channel}, ${`${ping} ${pings + 1}`})`
    pings += 1
  }
  const tryAgain = () => void tryIt().catch(report)
  listening.then(tryAgain, () => undefined)
  const trying = setInterval(tryAgain, everyMs)
  trying.unref()

  return {
    count: () => count,
    hears,
    wait(ms, seen, stopping) {
      if (stopping.aborted || count !== seen || ms <= 0) return Promise.resolve()
      return new Promise((resolve) => {
        const end = () => {
          clearTimeout(timer)
          waiting.delete(end)
          stopping.removeEventListener('abort', end)
          resolve()
        }
        const timer = setTimeout(end, ms)
        waiting.add(end)
        stopping.addEventListener('abort', end)
      })
    },
    stop: () => clearInterval(trying),
  }
}

/** What becomes due by time alone; undefined if nothing does. */
type Due = () => Promise<Date | undefined>

type Rest = {
  clock: () => Date
  pauseMs: number
  /** Between two looks at whether something is due. */
  sweepMs?: number | undefined
  stopping: AbortSignal
}

/**
 * Makes the rest after a round that found nothing: until something is recorded after the wake's count was `seen`, until it is
 * due, and never longer than `maxMs`. A worker that does not hear what is recorded rests `pauseMs` only. It never rejects.
 * @returns the further pause, which is none
 */
export function createRest(wake: Wake, { clock, pauseMs, sweepMs = usualSweepMs, stopping }: Rest) {
  const dueIn = async (due: Due | undefined) => {
    const at = await due?.()
    return at ? at.getTime() - clock().getTime() : Number.POSITIVE_INFINITY
  }
  return async (seen: number, maxMs: number, due?: Due): Promise<number> => {
    const end = performance.now() + maxMs
    await pause(pauseMs, stopping)
    while (wake.hears() && wake.count() === seen && !stopping.aborted) {
      const dueMs = await dueIn(due).catch(() => 0)
      const ms = Math.min(dueMs, end - performance.now(), sweepMs)
      if (ms <= 0) break
      await wake.wait(ms, seen, stopping)
    }
    return 0
  }
}

/** Resolves after so many milliseconds, or at a stop. */
export function pause(ms: number, stopping: AbortSignal): Promise<void> {
  if (stopping.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      stopping.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    stopping.addEventListener('abort', end)
  })
}
