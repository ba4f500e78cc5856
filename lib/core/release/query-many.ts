import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { listQueryableIds } from '@/lib/db/queries/devices/device-list'
import {
  closeRunDevices,
  endQueryRun,
  insertQueryRun,
  listDueDevices,
  listOpenQueryRuns,
  listQueriedDevices,
  lockQueryRun,
  moveRunDevice,
  type OpenRun,
  type QueryRun,
  type RunDevice,
} from '@/lib/db/queries/devices/query-runs'
import { getLabSettings } from '@/lib/db/queries/settings'
import { type Command, findOpenCommand, listQueriesSince } from '@/lib/db/queries/trials/commands'
import { findReleaseRequest } from '@/lib/db/queries/trials/release-requests'
import { transact } from '@/lib/db/transact'
import { type Actor, systemActor } from '@/lib/domain/account/permissions'
import type { DeviceFilter, Environment } from '@/lib/domain/device/device'
import {
  type FreshWindow,
  minutesBetweenQueries,
  queryRunLimits,
  windowProblem,
} from '@/lib/domain/device/query-run'
import { countAction } from '../shared/action-limits'
import type { Attempt } from '../shared/failure'
import { forbidden, type Refusal, refused } from '../shared/result'
import { fullQuery, writeProbe } from './query-device'

type StartQueryRun = {
  environment: Environment
  filter: DeviceFilter
  /** Keeps their readings fresh in this window; without one each device is queried once. */
  window?: FreshWindow | undefined
}

/**
 * Begins to query all devices that a filter finds. The worker queries them, a few of each MDM server at a time and
 * each by commands of its own, so the run goes on whatever becomes of the page.
 */
export async function startQueryRun(
  db: Db,
  actor: Actor,
  { environment, filter, window }: StartQueryRun,
  now: Date,
): Promise<{ status: 'started'; runId: number; devices: number; leftOut: number } | Refusal> {
  const no = forbidden(actor, 'askDevice') ?? (await countAction(db, actor, 'askDevice', now))
  if (no) return no
  const problem = window && windowProblem(window, now)
  if (problem !== undefined) return refused(problem, 'window')
  const { devices: max } = queryRunLimits
  const { ids, leftOut } = await listQueryableIds(db, { environment, filter }, max + 1, now)
  if (ids.length === 0)
    return refused(
      'No device of this list can be queried: each is retired, not enrolled, or at no MDM server.',
    )
  if (ids.length > max)
    return refused(
      `These are more than ${max} devices. Accepted: at most ${max} at once, so narrow the filters.`,
    )
  const { maxAges } = await getLabSettings(db)
  const runId = await transact(db, actor, (tx) =>
    insertQueryRun(
      tx,
      {
        simulated: environment === 'simulated',
        startedAt: now,
        startedById: actor.id,
        startedByName: actor.name,
        freshFrom: window?.from ?? null,
        freshUntil: window?.until ?? null,
        everyMinutes: window ? minutesBetweenQueries(maxAges) : null,
      },
      ids,
      window && window.from > now ? window.from : now,
    ),
  )
  return { status: 'started', runId, devices: ids.length, leftOut }
}

/** Ends a run. Commands that were sent stay where they are, and their answers are read as ever. */
export async function stopQueryRun(
  db: Db,
  actor: Actor,
  { runId }: { runId: number },
  now: Date,
): Promise<{ status: 'stopped' } | Refusal> {
  const no = forbidden(actor, 'askDevice')
  if (no) return no
  return transact(db, actor, async (tx) => {
    const run = await lockQueryRun(tx, runId)
    if (!run) return refused('There is no such query run.')
    if (run.endedAt) return refused('It has ended already.')
    await close(tx, run, actor.name, now)
    return { status: 'stopped' }
  })
}

async function close(tx: Db, run: QueryRun, stoppedByName: string | null, now: Date) {
  const why = stoppedByName === null ? 'the run was over' : `${stoppedByName} stopped the run`
  const querying = `${why} before it answered; its command stays in the queue`
  await closeRunDevices(tx, run.id, { now, waiting: `${why} before its turn`, querying })
  await endQueryRun(tx, run.id, { endedAt: now, stoppedByName })
}

/**
 * Carries on with the runs that are open: notes which devices have answered, queries the next, and ends what is over.
 * @returns how many steps did something
 */
export async function carryOnQueryRuns(db: Db, now: Date, attempt: Attempt): Promise<number> {
  const runs = new Map((await listOpenQueryRuns(db)).map((run) => [run.id, run]))
  if (runs.size === 0) return 0
  let done = 0
  for (const row of await listQueriedDevices(db, now)) {
    const run = runs.get(row.runId)
    if (run) done += await attempt(() => settle(db, run, row, now))
  }
  for (const row of await listDueDevices(db, now)) {
    const run = runs.get(row.runId)
    if (run && !isOver(run, now)) done += await attempt(() => queryNow(db, run, row, now))
  }
  // A device that was settled in this round ends its run in the next.
  for (const run of runs.values())
    if (isOver(run, now) || !run.hasOpenDevices) done += await attempt(() => endRun(db, run, now))
  return done
}

/** A round ends an hour after its start, so that a device queried late still has half of it; a window has its own end. */
const isOver = ({ startedAt, freshUntil }: QueryRun, now: Date): boolean =>
  now.getTime() >=
  (freshUntil?.getTime() ?? startedAt.getTime() + 2 * queryRunLimits.answerWithinMs)

async function queryNow(db: Db, run: QueryRun, row: RunDevice, now: Date): Promise<number> {
  return transact(db, systemActor, async (tx) => {
    const device = await lockDeviceRow(tx, row.deviceId)
    if (!device) return 0
    const later = await obstacle(tx, device.id, now)
    const dueAt = new Date(now.getTime() + queryRunLimits.retryMs)
    if (later !== undefined) {
      await moveRunDevice(tx, row, { state: 'waiting', reason: later, dueAt, changedAt: now })
      return 0
    }
    const moved = await moveRunDevice(tx, row, { state: 'querying', reason: null, changedAt: now })
    if (!moved) return 0
    const [first, ...rest] = fullQuery
    if (!first) return 0
    const actor = { id: run.startedById, name: run.startedByName, role: 'system' as const }
    const asked = await writeProbe(tx, actor, device, { first, rest }, now)
    if (asked.status === 'refused')
      await moveRunDevice(
        tx,
        { ...row, state: 'querying' },
        { state: 'notQueried', reason: asked.reason, changedAt: now },
      )
    return 1
  })
}

/** What keeps a device from being queried now and passes by itself. */
async function obstacle(tx: Db, deviceId: string, now: Date): Promise<string | undefined> {
  const open = await findOpenCommand(tx, deviceId)
  if (open) return `${open.requestType} is still ${open.state} on it; one command at a time`
  const request = await findReleaseRequest(tx, deviceId, now)
  return request && `${request.byName} is about to release a command on it`
}

/** Notes how the queries of a device ended, once none of them is open any more. */
async function settle(db: Db, run: QueryRun, row: RunDevice, now: Date): Promise<number> {
  return transact(db, systemActor, async (tx) => {
    if (!(await lockDeviceRow(tx, row.deviceId))) return 0
    const open = await findOpenCommand(tx, row.deviceId)
    const waited = now.getTime() - row.changedAt.getTime()
    if (open && waited < queryRunLimits.answerWithinMs) return 0
    const request = await findReleaseRequest(tx, row.deviceId, now)
    if (!open && request?.heldCommand) return 0
    const asked = await listQueriesSince(tx, row.deviceId, run.startedById, row.changedAt)
    const problem = open
      ? `${open.requestType} was not answered within 30 minutes; it stays in the queue`
      : problemOf(asked)
    await moveRunDevice(tx, row, {
      ...next(run, row, problem, now),
      reason: problem ?? null,
      changedAt: now,
    })
    return 1
  })
}

/** A device that is kept fresh waits for its next turn. */
function next(run: QueryRun, row: RunDevice, problem: string | undefined, now: Date) {
  const answers = problem === undefined ? row.answers + 1 : row.answers
  if (run.everyMinutes !== null && run.freshUntil && now < run.freshUntil) {
    // From the query on, not from its last answer: the oldest reading of a round is of its first.
    const dueAt = new Date(row.changedAt.getTime() + run.everyMinutes * 60_000)
    return { state: 'waiting' as const, answers, dueAt }
  }
  return {
    state: problem === undefined ? ('answered' as const) : ('notAnswered' as const),
    answers,
  }
}

function problemOf(asked: readonly Command[]): string | undefined {
  const last = asked.at(-1)
  if (!last) return 'its first query is not on the record'
  if (!last.answeredAt) return `${last.requestType} ended as ${last.state} without an answer`
  return last.nextRequests.length > 0
    ? `${last.nextRequests.join(', ')} could not be queried after ${last.requestType}`
    : undefined
}

async function endRun(db: Db, { id }: OpenRun, now: Date): Promise<number> {
  return transact(db, systemActor, async (tx) => {
    const run = await lockQueryRun(tx, id)
    if (!run || run.endedAt) return 0
    await close(tx, run, null, now)
    return 1
  })
}
