import { hostname } from 'node:os'
import { sql } from 'drizzle-orm'
import { systemActor } from '@/lib/domain/account/permissions'
import type { Db } from '../client'
import { transact } from '../transact'
import { recordAction } from './record-action'

/** The settable clock and the monotonic clock at one moment, in milliseconds. */
type ClockMoment = { wallMs: number; steadyMs: number }

const everyMs = 5_000
/** Two processes of one machine detect the same step at most this far apart, unless one is paused. */
const sameStepMs = 3 * everyMs
/** A smaller difference is drift, or a gradual correction by a time service (ICH E6(R3) 4.2.2(d), rule R7). */
const minStepMs = 2_000

export type ClockWatchOptions = {
  /** The process that watches, such as `worker`. */
  process: string
  read?: () => ClockMoment
  machine?: string
  report: (error: unknown) => void
}

// hrtime is the system's own monotonic clock, the same for all processes of the machine
// (https://nodejs.org/api/process.html#processhrtimebigint).
const readClocks = (): ClockMoment => ({
  wallMs: Date.now(),
  steadyMs: Number(process.hrtime.bigint() / 1_000_000n),
})

/** By how many milliseconds the server's clock was set forward, or back if negative; undefined if it was not set. */
function clockStep(before: ClockMoment, now: ClockMoment): number | undefined {
  const stepMs = now.wallMs - before.wallMs - (now.steadyMs - before.steadyMs)
  return Math.abs(stepMs) > minStepMs ? stepMs : undefined
}

/**
 * Checks every five seconds whether the server's clock was set or the machine was suspended (rule R7 of
 * docs/record.md). A step of more than two seconds becomes one entry in the audit trail, however many processes saw it.
 */
export function createClockWatch(db: Db, options: ClockWatchOptions) {
  const { process: seenBy, read = readClocks, machine = hostname(), report } = options
  let last = read()
  let timer: ReturnType<typeof setInterval> | undefined
  const look = async () => {
    const [before, now] = [last, read()]
    const stepMs = clockStep(before, now)
    last = now
    if (stepMs === undefined) return
    const from = new Date(now.wallMs - stepMs).toISOString()
    const step = { machine, steadyMs: now.steadyMs, stepMs }
    try {
      await enterOnce(db, step, { seenBy, from, to: new Date(now.wallMs).toISOString() })
    } catch (error) {
      // Forget the step, so that it is detected and recorded again.
      last = { wallMs: now.wallMs - stepMs, steadyMs: now.steadyMs }
      report(error)
    }
  }
  return {
    look,
    start: () => {
      timer ??= setInterval(look, everyMs).unref()
    },
    stop: () => clearInterval(timer),
  }
}

type Step = { machine: string; steadyMs: number; stepMs: number }

async function enterOnce(db: Db, step: Step, more: Record<string, string>): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('oneway clock step'))`)
    const known = await tx.execute(sql`select from audit_log where kind = 'clockStepped'
      and new ->> 'machine' = ${step.machine}
      and abs((new ->> 'steadyMs')::float8 - ${step.steadyMs}) <= ${sameStepMs}
      and abs((new ->> 'stepMs')::float8 - ${step.stepMs}) <= 1000`)
    if (known.length > 0) return
    await recordAction(tx, systemActor, { kind: 'clockStepped', data: { ...step, ...more } })
  })
}
