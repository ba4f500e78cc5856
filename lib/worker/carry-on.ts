import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { listStaleVerdicts } from '@/lib/db/queries/devices/verdicts'
import { nextStepDueAt } from '@/lib/db/queries/due'
import { listUnreadByDevice } from '@/lib/db/queries/events/raw-events'
import { getIssueSet } from '@/lib/db/queries/known-issues'
import { getLabSettings } from '@/lib/db/queries/settings'
import { findOpenCommand, listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import {
  listObservingTrials,
  listOverdueTrials,
  lockTrial,
  type Trial,
} from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { ruleSetOf } from '@/lib/domain/rules/known-issues'
import { gapAfterMs } from '@/lib/domain/trial/observation'
import { answerWithinMs, handleGaps } from '../core/ingest/handle-gaps'
import { markRedeliveries } from '../core/ingest/mark-redelivery'
import { readTogether } from '../core/ingest/read-together'
import { advanceTrial } from '../core/kernel/advance-trial'
import { refreshStale } from '../core/kernel/judge-device'
import { settleChecks } from '../core/lab/check-server'
import type { DeliverOptions } from '../core/release/deliver'
import { resumeQueries } from '../core/release/next-queries'
import { queryDevice, statusQuery } from '../core/release/query-device'
import { carryOnQueryRuns } from '../core/release/query-many'
import { sendDue } from '../core/release/send-due'
import { createLanes, type Lanes } from '../core/release/send-lanes'
import { recoverCommands, strandedAfter } from '../core/release/settle-command'
import { settleBySight, tendDeclarations } from '../core/release/settle-declaration'
import { withdrawOfEndedTrials } from '../core/release/withdraw-declaration'
import { type Attempt, startAttempts } from '../core/shared/failure'
import type { MdmServers } from '../core/shared/mdm-servers'

export type CarryOn = {
  db: Db
  servers: MdmServers
  clock: () => Date
  /** How long a command may be in state `sending` before its process counts as dead; see lib/core/release/settle-command.ts. */
  strandedAfterMs?: number | undefined
  sending?: Pick<DeliverOptions, 'settlePausesMs' | 'witness' | 'onSend'> | undefined
  /** Once this is aborted, nothing more is claimed. */
  stopping?: AbortSignal | undefined
}

/**
 * Runs one round of everything that is due, including sends, and waits for all of it: for tests and scripts. The
 * worker runs the two halves in separate loops, so that neither waits for the other.
 * @throws AggregateError after the round, with the errors of the steps that failed
 */
export async function carryOn(round: CarryOn): Promise<number> {
  const { attempt, errors } = startAttempts()
  const report = (error: unknown) => errors.push(error)
  const [sends, pushes] = [createLanes({ report }), createLanes({ report })]
  const done = await keepUp({ ...round, pushes }, attempt)
  await attempt(() => judgeStale(round.db, round.clock()))
  await attempt(() => sendDue({ ...round, sends, pushes }, attempt))
  await sends.idle()
  await attempt(() => tendDeclarations({ ...round, sends, pushes }, attempt))
  await sends.idle()
  await pushes.idle()
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} steps failed`)
  return done
}

/**
 * Runs one round of everything but sending: unread events, deadlines, checks, gaps, scheduled queries. It contacts
 * no MDM server, so a server that does not answer cannot delay it. All due work is stored in rows and claimed on
 * locked rows, so several processes may run this at the same time, and any of them may crash. A step that fails is
 * reported to `attempt` and delays no other.
 * @returns how many steps did something
 */
export async function keepUp(
  { db, servers, clock, strandedAfterMs, pushes }: CarryOn & { pushes: Lanes },
  attempt: Attempt,
): Promise<number> {
  let done = await attempt(() => recoverCommands(db, clock(), strandedAfterMs))
  done += await attempt(() => readEvents(db, clock, attempt))
  done += await attempt(() => markRedeliveries(db, clock()))
  done += await attempt(() => settleBySight(db, clock(), attempt))
  done += await attempt(() => withdrawOfEndedTrials(db, clock(), attempt))
  done += await attempt(() => recordDeadlines(db, clock, attempt))
  done += await attempt(() => settleChecks(db, clock()))
  done += await attempt(() => handleGaps({ db, servers, clock, pushes }, attempt))
  done += await attempt(() => resumeQueries(db, clock(), attempt))
  done += await attempt(() => probeTrials(db, clock(), attempt))
  done += await attempt(() => carryOnQueryRuns(db, clock(), attempt))
  return done
}

const [verdictsPerRound, verdictLanes] = [200, 4]

/**
 * Judges devices again whose verdict in the device list is stale. Apart from `keepUp`: a verdict takes as long as an event,
 * and after a burst of answers there is one for each device.
 * @returns how many it judged
 */
export async function judgeStale(db: Db, now: Date): Promise<number> {
  const ruleSet = ruleSetOf(await getIssueSet(db))
  const stale = await listStaleVerdicts(db, ruleSet, now, verdictsPerRound)
  const perLane = Math.max(1, Math.ceil(stale.length / verdictLanes))
  const lanes = Array.from({ length: verdictLanes }, (_, lane) =>
    stale.slice(lane * perLane, (lane + 1) * perLane),
  )
  await Promise.all(
    lanes.filter(({ length }) => length > 0).map((some) => refreshStale(db, some, now)),
  )
  return stale.length
}

/** Gives a function that tells when the next step of `keepUp` is due, while no setting changes and nothing else is recorded. */
export function stepDue({
  db,
  clock,
  strandedAfterMs,
}: Pick<CarryOn, 'db' | 'clock' | 'strandedAfterMs'>): () => Promise<Date | undefined> {
  let probeMs: number | undefined
  return async () => {
    probeMs ??= (await getLabSettings(db)).probeSeconds * 1000
    return nextStepDueAt(db, clock(), {
      strandedCommand: strandedAfterMs ?? strandedAfter.command,
      strandedDeclaration: strandedAfterMs ?? strandedAfter.declaration,
      lostAnswer: answerWithinMs,
      silence: gapAfterMs,
      probe: probeMs,
    })
  }
}

const eventsPerRound = 200
/** As long as one commit takes, its devices stay locked. */
const eventsPerCommit = 20

/**
 * Reads the events of two groups of devices at a time, and of each device one event after the other.
 * @returns how many it read
 */
async function readEvents(db: Db, clock: () => Date, attempt: Attempt): Promise<number> {
  const waiting = commitsOf(await listUnreadByDevice(db, eventsPerRound)).values()
  let read = 0
  const lane = async () => {
    for (const groups of waiting)
      read += await attempt(() => readTogether(db, groups, clock, attempt))
  }
  await Promise.all([lane(), lane()])
  return read
}

/** Puts devices together; all events of a device that are read in this round are in one commit. */
function commitsOf(devices: readonly number[][]): number[][][] {
  const commits: number[][][] = []
  let room = 0
  for (const ids of devices) {
    const events = ids.slice(0, eventsPerCommit)
    if (events.length > room) {
      commits.push([])
      room = eventsPerCommit
    }
    commits.at(-1)?.push(events)
    room -= events.length
  }
  return commits
}

async function recordDeadlines(db: Db, clock: () => Date, attempt: Attempt): Promise<number> {
  let recorded = 0
  for (const trial of await listOverdueTrials(db, clock()))
    recorded += await attempt(() => recordDeadline(db, trial, clock()))
  return recorded
}

async function recordDeadline(db: Db, { id, deviceId }: Trial, now: Date): Promise<number> {
  return transact(db, systemActor, async (tx) => {
    await lockDeviceRow(tx, deviceId)
    const trial = await lockTrial(tx, id)
    const overdue = await listOverdueTrials(tx, now)
    if (trial?.state !== 'observing' || !overdue.some((one) => one.id === id)) return 0
    await advanceTrial(
      tx,
      trial,
      {
        kind: 'deadlinePassed',
        text: 'The deadline has passed: what was not seen by now did not happen in time',
      },
      systemActor,
      now,
    )
    return 1
  })
}

/** Queries the status and OS of each trial under observation until its deadline, one command at a time. */
async function probeTrials(db: Db, now: Date, attempt: Attempt): Promise<number> {
  const { probeSeconds } = await getLabSettings(db)
  let queried = 0
  for (const trial of await listObservingTrials(db))
    queried += await attempt(() => probeTrial(db, trial, probeSeconds, now))
  return queried
}

async function probeTrial(db: Db, trial: Trial, probeSeconds: number, now: Date): Promise<number> {
  if (!(await isProbeDue(db, trial, probeSeconds, now))) return 0
  const { id: trialId, deviceId } = trial
  const questions = [...statusQuery]
  const result = await queryDevice(db, systemActor, { deviceId, questions, trialId }, now)
  return result.status === 'asked' ? 1 : 0
}

async function isProbeDue(db: Db, trial: Trial, probeSeconds: number, now: Date): Promise<boolean> {
  // One more round after the deadline, so that the state at the deadline is on the record.
  const graceMs = 2 * probeSeconds * 1000
  if (trial.deadlineAt && now.getTime() > trial.deadlineAt.getTime() + graceMs) return false
  if (await findOpenCommand(db, trial.deviceId)) return false
  const commands = await listCommandsOfTrial(db, trial.id)
  const last = Math.max(...commands.map(({ reservedAt }) => reservedAt.getTime()), 0)
  return now.getTime() - last >= probeSeconds * 1000
}
