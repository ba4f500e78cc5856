import type { Sql } from 'postgres'
import { removeStaleUploads } from '@/lib/attachment-store/folder'
import type { AttachmentStore } from '@/lib/attachment-store/store'
import { fetchNextFeed } from '@/lib/core/catalogue/fetch-feeds'
import { cleanUpNotices } from '@/lib/core/notices/deliver-notices'
import { checkWitness } from '@/lib/core/release/check-witness'
import type { DeliverOptions } from '@/lib/core/release/deliver'
import { sendDue } from '@/lib/core/release/send-due'
import { createLanes, type Lanes } from '@/lib/core/release/send-lanes'
import { tendDeclarations } from '@/lib/core/release/settle-declaration'
import { attempting } from '@/lib/core/shared/failure'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import { createClockWatch } from '@/lib/db/audit/clock-watch'
import { findHead } from '@/lib/db/audit/log'
import { type Connection, connect, type Db } from '@/lib/db/client'
import { nextSendDueAt, nextVerdictDueAt } from '@/lib/db/queries/due'
import { systemActor } from '@/lib/domain/account/permissions'
import { createLog } from '@/lib/log'
import { createWitness, type Witness } from '@/lib/witness/witness'
import { judgeStale, keepUp, stepDue } from './carry-on'
import { fetchFeed, usualLimits } from './fetch-feed'
import { mdmServersOf } from './mdm-servers'
import { createMoves, findLostPreviews } from './move-attachments'
import { deliverNotices, mailNotice, postNotice } from './notices'
import { makeNextPreview } from './previews'
import { createRest, createWake, pause } from './wake'

/** A round that did this much probably left more to do. */
const fullRound = 20
/** The pause after a full round. */
const shortPauseMs = 10
/** Longer than a request to an MDM server and recording its end may take: lib/mdm/server-call.ts. */
const settleWithinMs = 40_000
/** Short, because a push only wakes the device and can be repeated. */
const pushWithinMs = 2_000

/** The longest time between two rounds, whether something woke the worker or not. */
const roundEveryMs = 60_000
/** The same after a step failed: what it left is recorded already, so nothing wakes the worker for it. */
const roundAfterFailureMs = 3_000

/** Between two looks at whether a notice is to be tried again; a new one wakes the worker. */
const noticesEveryMs = 10_000
const cleanUpEveryMs = 3_600_000

/** Between two looks at whether a preview is to be tried again; a new attachment wakes the worker. */
const previewsEveryMs = 10_000

/** Between two looks at whether a file is to be moved to the object storage; longer after it failed. */
const movesEveryMs = 5_000
const movesAfterFailureMs = 30_000

/** Between two looks at whether a feed of the catalogue is due today. */
const feedsEveryMs = 60_000

/** Between two comparisons of the database with the witness; each claim compares by itself as well. */
const checkEveryMs = 5_000

type Log = ReturnType<typeof createLog>

export type WorkerOptions = {
  /** Holds the record of what was sent, outside of the database; never shared by two machines. */
  witnessFolder: string
  /** The address of Oneway for browsers: the links in notices begin with it. Without it no notice is delivered. */
  baseUrl?: string | undefined
  /** PEM certificates that are trusted for feeds of the catalogue beside those of the system; a file. */
  feedsCaFile?: string | undefined
  /** The files of attachments. Without it no preview is made. */
  attachments?: AttachmentStore | undefined
  /** Called after each request that sent a command. */
  onSend?: DeliverOptions['onSend']
  /** The least time between two rounds that found nothing; all of it where the worker does not hear what is recorded. */
  pauseMs?: number
  /** Between two looks at whether something is due, for a worker that heard of nothing. */
  sweepMs?: number
  strandedAfterMs?: number
  /** Replaces the database and the MDM servers, for tests that break them. */
  through?: (connection: Pick<Connection, 'db' | 'sql'>) => { db: Db; servers: MdmServers }
}

export type Worker = {
  /** Claims nothing more, waits until the commands being sent are settled, and ends. */
  stop(): Promise<void>
}

/**
 * Runs the background work in loops that never wait for each other: one reads events, records deadlines and writes
 * scheduled queries, one judges devices again, one hands due commands to the lanes of the MDM servers, one compares the
 * database with the witness, one reads the chosen sources of the OS catalogue, one delivers notices, one makes previews of
 * attachments, one moves their files to the object storage. It has its own connections, so that busy pages cannot starve
 * it. A step that fails is logged and tried again in the next round; no round depends on the one before.
 * docs/decisions/027-lanes-per-server.md, docs/decisions/104-the-worker-is-woken.md
 */
export function startWorker(databaseUrl: string, options: WorkerOptions): Worker {
  const log = createLog('worker')
  const { db, sql, end } = connect(databaseUrl, {
    ...{ max: 8, actor: systemActor, prepared: true, idleSeconds: 5 },
  })
  const stop = new AbortController()
  const report = (error: unknown) =>
    log.error({ err: error }, 'a step of the worker failed; the next round tries again')
  const [sends, pushes] = [createLanes({ report }), createLanes({ report })]
  const outgoing = createLanes({ report })
  const round = {
    db,
    servers: mdmServersOf(db),
    clock: () => new Date(),
    strandedAfterMs: options.strandedAfterMs,
    ...options.through?.({ db, sql }),
    sends,
    pushes,
    stopping: stop.signal,
    sending: { witness: createWitness(options.witnessFolder), onSend: options.onSend },
  }
  const clockWatch = createClockWatch(db, {
    process: 'worker',
    report: (error) => log.error({ err: error }, 'a step of the clock was not recorded'),
  })
  clockWatch.start()
  const stopLoggingHead = logHead(sql, log)

  const check = watchWitness(round, log)
  const fetchOne = (url: string) =>
    fetchFeed(url, { ...usualLimits, caFile: options.feedsCaFile, stopping: stop.signal })
  const pauseMs = options.pauseMs ?? 200
  let failures = 0
  const attempt = attempting((error) => {
    failures += 1
    report(error)
  })
  const { attachments } = options
  const skipped = { upTo: 0 }
  const moveAll = attachments?.bucket && createMoves(round.db, attachments, { log })
  const wake = createWake(sql, report)
  const restAfter = (failed: number) => (failures > failed ? roundAfterFailureMs : roundEveryMs)
  const { sweepMs } = options
  const rest = createRest(wake, { clock: round.clock, pauseMs, sweepMs, stopping: stop.signal })
  const loops = [
    repeat(stop.signal, async () => {
      const [seen, failed] = [wake.count(), failures]
      const done = await keepUp(round, attempt)
      // A pause even after a full round: events must still be stored while a flood of them is read.
      if (done > 0) return done >= fullRound ? shortPauseMs : pauseMs
      return rest(seen, restAfter(failed), stepDue(round))
    }),
    repeat(stop.signal, async () => {
      const [seen, failed] = [wake.count(), failures]
      await attempt(() => sendDue(round, attempt))
      await attempt(() => tendDeclarations(round, attempt))
      return rest(seen, restAfter(failed), () => nextSendDueAt(round.db, round.clock()))
    }),
    repeat(stop.signal, async () => {
      const [seen, failed] = [wake.count(), failures]
      const judged = await attempt(() => judgeStale(round.db, round.clock()))
      if (judged > 0) return pauseMs
      return rest(seen, restAfter(failed), () => nextVerdictDueAt(round.db, round.clock()))
    }),
    // Of its own, so that a source that answers slowly holds up nothing else.
    repeat(stop.signal, async () => {
      const fetched = await attempt(() => fetchNextFeed(round.db, fetchOne, round.clock))
      return fetched === 1 ? pauseMs : feedsEveryMs
    }),
    // Of its own as well: a receiver outside may hang, and no command waits for it.
    repeat(stop.signal, async () => {
      const seen = wake.count()
      const ways = { post: postNotice, mail: mailNotice }
      const notices = { db: round.db, clock: round.clock, ...ways, lanes: outgoing }
      const { baseUrl } = options
      if (baseUrl !== undefined)
        await attempt(() => deliverNotices({ ...notices, baseUrl, stopping: stop.signal }))
      return rest(seen, noticesEveryMs)
    }),
    repeat(stop.signal, async () => {
      await attempt(() => cleanUpNotices(round.db, round.clock()))
      await attempt(async () => (attachments ? removeStaleUploads(attachments, round.clock()) : 0))
      await attempt(async () => (attachments ? findLostPreviews(round.db, attachments) : 0))
      await attempt(async () => (await attachments?.bucket?.abortStale(round.clock())) ?? 0)
      return cleanUpEveryMs
    }),
    // One after the other: a picture takes much memory while it is decoded.
    repeat(stop.signal, async () => {
      const seen = wake.count()
      const made = await attempt(async () =>
        attachments ? makeNextPreview(round.db, attachments, round.clock(), skipped) : 0,
      )
      return made === 1 ? shortPauseMs : rest(seen, previewsEveryMs)
    }),
    // Of its own: a storage that is slow or down holds up nothing else.
    repeat(stop.signal, async () => {
      const moved = await attempt(async () =>
        moveAll && (await moveAll(round.clock(), stop.signal)) === 'failed' ? 0 : 1,
      )
      return moved === 1 ? movesEveryMs : movesAfterFailureMs
    }),
    // Sooner after the database was unreachable: another database may answer now.
    repeat(stop.signal, async () => ((await attempt(check)) === 1 ? checkEveryMs : pauseMs)),
  ]

  return {
    async stop() {
      stop.abort()
      wake.stop()
      clockWatch.stop()
      stopLoggingHead()
      await Promise.all(loops)
      await settleLanes({ sends, pushes, outgoing }, log)
      await end()
    },
  }
}

/** A check of the witness for `repeat`; it logs once when it finds that sending has to stop. */
function watchWitness(
  { db, clock, sending: { witness } }: { db: Db; clock: () => Date; sending: { witness: Witness } },
  log: Log,
): () => Promise<number> {
  let last = 'fine'
  return async () => {
    const found = await checkWitness(db, witness, clock())
    if (found === 'stopped' && last !== found)
      log.error(
        'all sending is stopped: the database differs from what the witness remembers. See MDM servers',
      )
    last = found
    return 1
  }
}

/** Drops waiting sends and pushes, and waits a limited time for those that are running. */
async function settleLanes(
  { sends, pushes, outgoing }: { sends: Lanes; pushes: Lanes; outgoing: Lanes },
  log: Log,
) {
  sends.drop()
  pushes.drop()
  outgoing.drop()
  if (!(await endsWithin(sends.idle(), settleWithinMs)))
    log.error('a send did not end in time; it is left unconfirmed')
  if (!(await endsWithin(pushes.idle(), pushWithinMs)))
    log.warn('a push did not end in time; the command is queued in any case')
  if (!(await endsWithin(outgoing.idle(), pushWithinMs)))
    log.warn('a notice was not delivered in time; it is sent again with the same ID')
}

/**
 * Repeats `round` until `stopping` is aborted; each round returns the pause after it in ms. Resolves once the
 * current round has ended. A round must not reject.
 */
async function repeat(stopping: AbortSignal, round: () => Promise<number>): Promise<void> {
  while (!stopping.aborted) await pause(await round(), stopping)
}

/** Whether `task` ends within `limitMs`; it keeps running if it does not. */
async function endsWithin(task: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  const inTime = await Promise.race([task.then(() => true as const), late])
  clearTimeout(timer)
  return inTime
}

const hourMs = 60 * 60 * 1000

/**
 * Logs the head of the audit trail now and every hour, so that a copy exists outside of the database. The newest
 * one is needed to verify a trail or restore a backup.
 * @returns a function that stops it
 */
export function logHead(sql: Sql, log: Log, everyMs = hourMs): () => void {
  const write = () =>
    findHead(sql).then(
      (head) => log.info(head, 'audit trail head'),
      (error: unknown) => log.error({ err: error }, 'the audit trail head was not read'),
    )
  void write()
  const timer = setInterval(write, everyMs)
  timer.unref()
  return () => clearInterval(timer)
}
