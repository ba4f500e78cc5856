import type { Db } from '@/lib/db/client'
import { type DeviceRow, findDeviceRows } from '@/lib/db/queries/devices/device-facts'
import { listTrialPlans } from '@/lib/db/queries/trials/arms'
import type { Command } from '@/lib/db/queries/trials/commands'
import { listSlotCommands } from '@/lib/db/queries/trials/sent-commands'
import { listLiveTrials, type Trial } from '@/lib/db/queries/trials/trials'
import { lastEntryOfTrail } from '@/lib/db/queries/waiting'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { commandOf } from '@/lib/domain/trial/arms'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { judgeDevice } from '../kernel/judge-device'
import { assertAllowed } from '../shared/result'
import { findCounterSignature, type SecondPerson, secondPersonFor } from './second-person'
import { alreadyReleased, orderProblem } from './slot-checks'

/** A release that waits for a second person. */
export type WaitingRelease = {
  trialId: string
  number: number
  deviceName: string
  ordinal: number
  armedBy: string | null
  second: SecondPerson
}

/** As many as a person can look through; each is judged again to find out whether it still waits. */
const maxTrials = 20

/** How long a list is used again. The badge asks every 15 s, so it is never older than two of its turns. */
const keptMs = 15_000

type Kept = { entry: number; at: number; releases: Promise<WaitingRelease[]> }
const kept = new WeakMap<Db, Map<string, Kept>>()

/**
 * The releases of one environment that wait for the signature of somebody like this actor: required, not signed yet or not any more,
 * and on a device that qualifies. The oldest first.
 *
 * Each is judged to find out, with the devices it could be the last of, so the list is used again for a short time: until
 * anything enters the audit trail, as readings, trials, signatures, settings and devices do. Only the age of readings and the last contact of a
 * device move without an entry. A release and a counter-signature are judged for themselves, whatever this list has.
 */
export async function listWaitingReleases(
  db: Db,
  actor: Actor,
  environment: Environment,
  now: Date,
): Promise<WaitingRelease[]> {
  assertAllowed(actor, 'look')
  if (!mayDo(actor, 'counterSign')) return []
  const mayBeLast = mayDo(actor, 'counterSignLast')
  const key = `${environment} ${mayBeLast}`
  // Read before the releases are: an entry that comes in between ends the use of the list.
  const entry = await lastEntryOfTrail(db)
  const own = kept.get(db) ?? new Map<string, Kept>()
  kept.set(db, own)
  const found = own.get(key)
  const age = found && now.getTime() - found.at
  if (found && found.entry === entry && age !== undefined && age >= 0 && age < keptMs)
    return found.releases
  const releases = readWaiting(db, environment, mayBeLast, now)
  own.set(key, { entry, at: now.getTime(), releases })
  // A failure is reported to whoever asked, and is no list for the next.
  releases.catch(() => own.delete(key))
  return releases
}

async function readWaiting(
  db: Db,
  environment: Environment,
  mayBeLast: boolean,
  now: Date,
): Promise<WaitingRelease[]> {
  const trials = await listLiveTrials(db, environment, maxTrials)
  const ids = trials.map(({ id }) => id)
  const [plans, devices, commands] = await Promise.all([
    listTrialPlans(db, ids),
    findDeviceRows(
      db,
      trials.map(({ deviceId }) => deviceId),
    ),
    listSlotCommands(db, ids),
  ])
  const waiting = await Promise.all(
    trials.map((trial) => {
      const plan = plans.get(trial.id)
      const device = devices.find(({ id }) => id === trial.deviceId)
      if (!plan || !device) throw new Error(`trial T-${trial.number} has lost its plan or device`)
      const own = commands.filter(({ trialId }) => trialId === trial.id)
      return waitingOf(db, { trial, plan, device, commands: own }, mayBeLast, now)
    }),
  )
  return waiting.flatMap((one) => (one ? [one] : []))
}

type Live = { trial: Trial; plan: ProtocolPlan; device: DeviceRow; commands: Command[] }

async function waitingOf(
  db: Db,
  live: Live,
  mayBeLast: boolean,
  now: Date,
): Promise<WaitingRelease | undefined> {
  const { trial, plan, device } = live
  const ordinal = await turnOf(db, live)
  const judgedFor = ordinal === undefined ? undefined : commandOf(plan, ordinal)
  if (ordinal === undefined || !judgedFor) return undefined
  // The device first: whether it is the last one takes judging others too.
  const judged = await judgeDevice(db, device, judgedFor, now, { trialId: trial.id })
  if (judged.overall !== 'qualified') return undefined
  const second = await secondPersonFor(db, { trial, device, plan, ordinal }, now)
  if (!second || (second.byLead && !mayBeLast)) return undefined
  const command = commandAt(live, ordinal)
  const signed = await findCounterSignature(db, { trial, ordinal, command, judged }, now)
  if (signed && !signed.lapsed) return undefined
  return {
    trialId: trial.id,
    number: trial.number,
    deviceName: `${device.labTag ?? ''} ${device.name}`.trim(),
    ordinal,
    armedBy: trial.armedBy,
    second,
  }
}

const commandAt = ({ commands }: Live, ordinal: number) =>
  commands.find(({ slotOrdinal }) => slotOrdinal === ordinal)

/** The number of the command that may be released now, if there is one. */
async function turnOf(db: Db, live: Live): Promise<number | undefined> {
  for (let ordinal = 1; ordinal <= live.plan.slots.length; ordinal += 1) {
    if (alreadyReleased(commandAt(live, ordinal))) continue
    return (await orderProblem(db, live.trial, ordinal)) === undefined ? ordinal : undefined
  }
  return undefined
}
