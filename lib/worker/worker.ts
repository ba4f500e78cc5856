import { type Connection, connect, type Db } from '@/lib/db/client'
import { createClockWatch } from '@/lib/db/clock-watch'
import { systemActor } from '@/lib/domain/actor'
import { createLog } from '@/lib/log'
import { carryOn } from '@/lib/services/carry-on'
import type { MdmServers } from '@/lib/services/deliver'
import { logHead } from './log-head'
import { mdmServersOf } from './mdm-servers'

/** So many things done in one round mean that more are waiting. */
const muchAtOnce = 40
const breathMs = 10

export type WorkerOptions = {
  pauseMs?: number
  strandedAfterMs?: number
  /** Other ways to the database and the MDM servers, for tests that break them. */
  through?: (connection: Pick<Connection, 'db' | 'sql'>) => { db: Db; servers: MdmServers }
}

export type Worker = { stop(): Promise<void> }

/**
 * Carries on what people began: holds that end, events to read, deadlines, probes. One round after the
 * other with a pause between, on connections of its own, so that busy pages cannot starve it. A round
 * that fails is logged and the next one begins anew; nothing it does relies on the one before.
 */
export function startWorker(databaseUrl: string, options: WorkerOptions = {}): Worker {
  const log = createLog('worker')
  const { db, sql, end } = connect(databaseUrl, { max: 6, actor: systemActor, prepared: true })
  const round = {
    db,
    servers: mdmServersOf(db),
    clock: () => new Date(),
    strandedAfterMs: options.strandedAfterMs,
    ...options.through?.({ db, sql }),
  }
  const clockWatch = createClockWatch(db, {
    process: 'worker',
    report: (error) => log.error({ err: error }, 'a step of the clock was not entered'),
  })
  clockWatch.start()
  const stopLoggingHead = logHead(sql, log)
  let stopping = false
  let wake: () => void = () => undefined

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  const loop = async () => {
    let busy = false
    while (!stopping) {
      try {
        busy = (await carryOn(round)) >= muchAtOnce
      } catch (error) {
        busy = false
        log.error({ err: error }, 'a round of the worker failed; the next one tries again')
      }
      // Also after a full round: a flood of events is read bit by bit, so that keeping them goes on.
      await pause(busy ? breathMs : (options.pauseMs ?? 200))
    }
    await end()
  }
  const ended = loop()

  return {
    stop: () => {
      stopping = true
      clockWatch.stop()
      stopLoggingHead()
      wake()
      return ended
    },
  }
}
