import { randomUUID } from 'node:crypto'
import { heedDamage } from '@/lib/core/ingest/heed-damage'
import { recordMissed, beat as writeBeat } from '@/lib/core/ingest/listen'
import type { Db } from '@/lib/db/client'
import { createMissedBodies, type MissedBodies } from './missed-bodies'

const everyMs = 10_000

type Options = {
  clock: () => Date
  report: (error: unknown) => void
  /** Between two signs of life; 10 s unless told. */
  everyMs?: number
}

export type SignOfLife = {
  missed: MissedBodies
  /** Gives a sign of life now and writes what is owed. Never rejects. */
  beat(): Promise<void>
  /** From now on a sign of life every ten seconds, the first at once. */
  start(): void
  stop(): void
}

/**
 * The signs of life of this process, by which the record can tell when nobody listened. After each,
 * bodies that were missed are written down: the gap of a database that was away for long holds them then.
 * It is also when damaged storage is noticed.
 */
export function createSignOfLife(db: Db, { clock, report, ...options }: Options): SignOfLife {
  const self = { id: randomUUID(), startedAt: clock() }
  const missed = createMissedBodies((one) => recordMissed(db, one))
  let damage: string | undefined
  let running: Promise<void> | undefined
  let timer: ReturnType<typeof setInterval> | undefined

  const once = async () => {
    try {
      await writeBeat(db, self, clock)
      await missed.write()
      damage = await heedDamage(db, damage)
    } catch (error) {
      report(error)
    }
  }
  // One at a time: with the database away they would pile up.
  const beat = () => {
    running ??= once().finally(() => {
      running = undefined
    })
    return running
  }
  return {
    missed,
    beat,
    start: () => {
      timer ??= setInterval(beat, options.everyMs ?? everyMs)
      void beat()
    },
    stop: () => clearInterval(timer),
  }
}
