import { randomUUID } from 'node:crypto'
import {
  type Missed,
  recordListenerEnd,
  recordMissed,
  watchDamage,
  recordHeartbeat as writeBeat,
} from '@/lib/core/ingest/listener-health'
import type { Db } from '@/lib/db/client'
import { gapAfterMs } from '@/lib/domain/trial/observation'

const everyMs = 10_000

type Options = {
  clock: () => Date
  report: (error: unknown) => void
  /** False for a process that events reach only by mistake: it records what it missed, and vouches for nothing. */
  beats?: boolean
  /** Between two heartbeats; 10 s by default. */
  everyMs?: number
}

export type Heartbeat = {
  missed: MissedBodies
  /** Writes a heartbeat now, and the missed bodies that are not recorded yet. Never rejects. */
  recordHeartbeat(): Promise<void>
  /** Starts the heartbeat, every ten seconds and the first at once. */
  start(): void
  /** No further heartbeat; the process ends. */
  stop(): void
  /** Records, after `stop`, that the process ends and has lost nothing, unless it has. Never rejects. */
  end(isHolding: boolean): Promise<void>
}

/**
 * The heartbeat of this process, from which the record knows when no events could be received. After each beat,
 * missed bodies are recorded, so that they fall into the gap of the database's outage. Damaged storage is detected
 * here too.
 */
export function createHeartbeat(
  db: Db,
  { clock, report, beats = true, ...options }: Options,
): Heartbeat {
  const self = { id: randomUUID(), startedAt: clock() }
  let steady: { since: Date; until: Date } | undefined
  const missed = createMissedBodies((one) => recordMissed(db, one))
  let damage: string | undefined
  let running: Promise<void> | undefined
  let timer: ReturnType<typeof setInterval> | undefined

  const beat = async () => {
    const from = clock()
    if (steady && from.getTime() - steady.until.getTime() > gapAfterMs) steady = undefined
    await writeBeat(db, { ...self, steadySince: steady?.since }, clock)
    steady = { since: steady?.since ?? from, until: clock() }
  }
  const once = async () => {
    try {
      if (beats) await beat()
      await missed.write()
      damage = await watchDamage(db, damage)
    } catch (error) {
      report(error)
    }
  }
  // One at a time: they would pile up while the database is down.
  const recordHeartbeat = () => {
    running ??= once().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    missed,
    recordHeartbeat,
    start: () => {
      timer ??= setInterval(recordHeartbeat, options.everyMs ?? everyMs)
      void recordHeartbeat()
    },
    stop: () => clearInterval(timer),
    async end(isHolding) {
      await running
      await missed
        .write()
        .then(() => (beats && !isHolding ? recordListenerEnd(db, self, clock()) : undefined))
        .catch(report)
    },
  }
}

/**
 * Remembers the webhooks whose bodies could not be stored, until that is recorded: a database that cannot store the
 * body cannot store the note either.
 */
function createMissedBodies(record: (missed: Missed) => Promise<void>) {
  const missed = new Map<string, Missed>()

  return {
    /** Adds one body of this webhook that was received at `from` and lost at `to`. */
    note(slug: string, from: Date, to: Date): void {
      const known = missed.get(slug)
      const first = known && known.from < from ? known.from : from
      missed.set(slug, { slug, from: first, to, bodies: (known?.bodies ?? 0) + 1 })
    },
    /** Whether anything is not recorded yet. */
    isPending: () => missed.size > 0,
    /** Records what is pending; what cannot be recorded stays pending. Rejects with the first error. */
    async write(): Promise<void> {
      for (const [slug, one] of [...missed]) {
        await record(one)
        // If another body was missed in the meantime, that is recorded next time.
        if (missed.get(slug) === one) missed.delete(slug)
      }
    },
  }
}

type MissedBodies = ReturnType<typeof createMissedBodies>
