import type { Db } from '@/lib/db/client'
import { findOpenCommand, listCommandsOfTrial, listDueCommands } from '@/lib/db/commands'
import { lockDeviceRow } from '@/lib/db/device-facts'
import { listUnreadEventIds } from '@/lib/db/raw-events'
import { getLabSettings } from '@/lib/db/settings'
import { transact } from '@/lib/db/transact'
import { listObservingTrials, listOverdueTrials, lockTrial, type Trial } from '@/lib/db/trials'
import { listStaleVerdicts } from '@/lib/db/verdicts'
import { systemActor } from '@/lib/domain/actor'
import { advanceTrial } from './advance-trial'
import { askDevice, statusQuestions } from './ask-device'
import { type Attempt, startAttempts } from './attempt'
import { settleChecks } from './check-server'
import { type DeliverOptions, deliver, type MdmServers } from './deliver'
import { heedGaps } from './heed-gaps'
import { refreshVerdicts } from './judge-device'
import { readOrSetAside } from './read-or-set-aside'
import { recoverCommands } from './recover-commands'

export type CarryOn = {
  db: Db
  servers: MdmServers
  clock: () => Date
  /** When a command that is being sent counts as left behind by a dead process; see recover-commands. */
  strandedAfterMs?: number | undefined
  sending?: DeliverOptions | undefined
}

/**
 * One round of what time brings: due commands, unread events, deadlines, checks, gaps, probes. Everything due
 * stands in rows and is claimed on locked rows, so any number of processes may run this at once and
 * any of them may die in it. Gives how many things it did.
 * @throws AggregateError after the round, of what failed in it: one thing that cannot be done must not
 *   keep the others waiting
 */
export async function carryOn({
  db,
  servers,
  clock,
  strandedAfterMs,
  sending,
}: CarryOn): Promise<number> {
  const { attempt, wrongs } = startAttempts()
  let done = await attempt(() => recoverCommands(db, clock(), strandedAfterMs))
  done += await attempt(() => readEvents(db, clock, attempt))
  for (const { commandUuid } of await listDueCommands(db, clock()))
    done += await attempt(async () => {
      await deliver(db, servers, commandUuid, clock, sending)
      return 1
    })
  for (const trial of await listOverdueTrials(db, clock()))
    done += await attempt(() => noteDeadline(db, trial, clock()))
  done += await attempt(() => settleChecks(db, clock()))
  done += await attempt(() => heedGaps({ db, servers, clock }, attempt))
  done += await attempt(() => probeTrials(db, clock(), attempt))
  const stale = await listStaleVerdicts(db, clock(), 200)
  await refreshVerdicts(db, stale, clock())
  if (wrongs.length > 0) throw new AggregateError(wrongs, `${wrongs.length} things failed`)
  return done
}

const eventsARound = 40

/** Reads two at a time: each event is claimed on its row, so no two lanes read the same. */
async function readEvents(db: Db, clock: () => Date, attempt: Attempt): Promise<number> {
  const ids = await listUnreadEventIds(db, eventsARound)
  const waiting = ids.values()
  const lane = async () => {
    for (const id of waiting)
      await attempt(async () => {
        await readOrSetAside(db, id, clock())
        return 1
      })
  }
  await Promise.all([lane(), lane()])
  return ids.length
}

async function noteDeadline(db: Db, { id, deviceId }: Trial, now: Date): Promise<number> {
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

/** Asks each trial under way for its status and OS, one command in flight, until the deadline. */
async function probeTrials(db: Db, now: Date, attempt: Attempt): Promise<number> {
  const { probeSeconds } = await getLabSettings(db)
  let asked = 0
  for (const trial of await listObservingTrials(db))
    asked += await attempt(() => probeTrial(db, trial, probeSeconds, now))
  return asked
}

async function probeTrial(db: Db, trial: Trial, probeSeconds: number, now: Date): Promise<number> {
  if (!(await isProbeDue(db, trial, probeSeconds, now))) return 0
  const { id: trialId, deviceId } = trial
  const questions = [...statusQuestions]
  const result = await askDevice(db, systemActor, { deviceId, questions, trialId }, now)
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
