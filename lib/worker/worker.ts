import { checkWitness } from '@/lib/core/release/check-witness'
import { sendDue } from '@/lib/core/release/send-due'
import { createLanes } from '@/lib/core/release/send-lanes'
import { attempting } from '@/lib/core/shared/failure'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { createClockWatch } from '@/lib/db/audit/clock-watch'
import { type Connection, connect, type Db } from '@/lib/db/client'
import { systemActor } from '@/lib/domain/account/actor'
import { createLog } from '@/lib/log'
import { createWitness } from '@/lib/witness/file'
import { keepUp } from './carry-on'
import { logHead } from './log-head'
import { mdmServersOf } from './mdm-servers'
import { endsWithin, repeat } from './repeat'

/** So many things done in one round mean that more are waiting. */
const muchAtOnce = 40
const breathMs = 10
/** Longer than a request to an MDM server may take and its end be written: lib/mdm/server-call.ts. */
const settleWithinMs = 40_000
/** A push only wakes the device, which can be done again. */
const pushWithinMs = 2_000

/** Between two looks whether the database is still what was witnessed; each claim looks by itself. */
const lookEveryMs = 5_000

export type WorkerOptions = {
  /** Where what is sent is written down, outside of the database; never shared by two machines. */
  witnessFolder: string
  pauseMs?: number
  strandedAfterMs?: number
  /** Other ways to the database and the MDM servers, for tests that break them. */
  through?: (connection: Pick<Connection, 'db' | 'sql'>) => { db: Db; servers: MdmServers }
}

export type Worker = {
  /** Claims nothing more, waits until what is being sent is settled, and ends. */
  stop(): Promise<void>
}

/**
 * Carries on what people began, in two loops that never wait for each other: one reads events, notes
 * deadlines and writes probes, the other hands what is due to the lanes of the MDM servers. Connections of
 * its own, so that busy pages cannot starve it. What fails is logged and tried anew in the next round;
 * nothing relies on the one before. docs/decisions/027-lanes-per-server.md
 */
export function startWorker(databaseUrl: string, options: WorkerOptions): Worker {
  const log = createLog('worker')
  const { db, sql, end } = connect(databaseUrl, { max: 8, actor: systemActor, prepared: true })
  const stop = new AbortController()
  const report = (error: unknown) =>
    log.error({ err: error }, 'a step of the worker failed; the next round tries again')
  const [sends, pushes] = [createLanes({ report }), createLanes({ report })]
  const round = {
    db,
    servers: mdmServersOf(db),
    clock: () => new Date(),
    strandedAfterMs: options.strandedAfterMs,
    ...options.through?.({ db, sql }),
    sends,
    pushes,
    stopping: stop.signal,
    sending: { witness: createWitness(options.witnessFolder) },
  }
  const clockWatch = createClockWatch(db, {
    process: 'worker',
    report: (error) => log.error({ err: error }, 'a step of the clock was not entered'),
  })
  clockWatch.start()
  const stopLoggingHead = logHead(sql, log)

  let seen = 'fine'
  const look = async () => {
    const found = await checkWitness(round.db, round.sending.witness, round.clock())
    if (found === 'stopped' && seen !== found)
      log.error('all sending is stopped: the database is not what was witnessed. See MDM servers')
    seen = found
    return 1
  }
  const pauseMs = options.pauseMs ?? 200
  const attempt = attempting(report)
  const loops = [
    repeat(stop.signal, async () => {
      const done = await keepUp(round, attempt)
      // Also after a full round: a flood of events is read bit by bit, so that keeping them goes on.
      return done >= muchAtOnce ? breathMs : pauseMs
    }),
    repeat(stop.signal, async () => {
      await attempt(() => sendDue(round, attempt))
      return pauseMs
    }),
    // At once after a database that was away: another one may answer now.
    repeat(stop.signal, async () => ((await attempt(look)) === 1 ? lookEveryMs : pauseMs)),
  ]

  const settle = async () => {
    sends.drop()
    pushes.drop()
    if (!(await endsWithin(sends.idle(), settleWithinMs)))
      log.error('a send did not end in time; it is left unconfirmed')
    if (!(await endsWithin(pushes.idle(), pushWithinMs)))
      log.warn('a push did not end in time; the command is queued all the same')
  }

  return {
    async stop() {
      stop.abort()
      clockWatch.stop()
      stopLoggingHead()
      await Promise.all(loops)
      await settle()
      await end()
    },
  }
}
