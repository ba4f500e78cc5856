import { findBeginning, findMoment, inThePast, listRecordChanges } from '@/lib/db/audit/past'
import type { Db } from '@/lib/db/client'
import { getDevice } from '@/lib/db/queries/devices/devices'
import { listLostStarts } from '@/lib/db/queries/devices/lost-starts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findLatestVerdict, findLatestVerdictOfDevice } from '@/lib/db/queries/devices/verdicts'
import { listWaivers } from '@/lib/db/queries/devices/waivers'
import {
  countChecksOfTrial,
  listContradictionsOfTrial,
} from '@/lib/db/queries/events/contradictions'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import { getLabSettings } from '@/lib/db/queries/settings'
import { listCommandsOfDevice, listUnaskedNotes } from '@/lib/db/queries/trials/commands'
import { listReviewEvents } from '@/lib/db/queries/trials/reviews'
import { findTrialView } from '@/lib/db/queries/trials/trial-view'
import { listTrialsOfDevice } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/actor'
import type { RecordChange } from '@/lib/domain/record-change'
import { readInstant } from '@/lib/domain/text/instant'
import { checkSignatures } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'

/** `asOf` is what the address says: an instant in UTC. */
export type LookBack = { id: string; asOf: string }

/** Why there is nothing to show: it was made later, or the trail watches it only since then. */
type NothingThen = { status: 'notYet'; since: Date } | { status: 'unknown'; since: Date }
type Shown<T> = { status: 'shown'; then: T }
/** `changes` are those of the record until today, the newest first. */
type Found = { at: Date; changes: RecordChange[] }
export type Then<T> = ((Shown<T> | NothingThen) & Found) | Refusal

/** The device page's reads as they were. Its verdict was judged at each look and kept nowhere. */
export function lookBackAtDevice(
  db: Db,
  actor: Actor,
  input: LookBack,
  now: Date,
): Promise<Then<DeviceThen>> {
  return lookBack(db, actor, { ...input, table: 'devices' }, now, readDevice)
}

/** The trial page's reads as they were; a signature is held against the record of that moment. */
export function lookBackAtTrial(
  db: Db,
  actor: Actor,
  input: LookBack,
  now: Date,
): Promise<Then<TrialThen>> {
  return lookBack(db, actor, { ...input, table: 'trials' }, now, readTrial)
}

async function lookBack<T>(
  db: Db,
  actor: Actor,
  { id, asOf, table }: LookBack & { table: 'devices' | 'trials' },
  now: Date,
  read: (then: Db, id: string) => Promise<T>,
): Promise<Then<T>> {
  const no = forbidden(actor, 'look')
  if (no) return no
  const instant = readInstant(asOf, now)
  if (!instant.ok) return refused(instant.because, 'asOf')
  const [moment, beginning, changes] = await Promise.all([
    findMoment(db, instant.at),
    findBeginning(db, table, id),
    listRecordChanges(db, table === 'devices' ? 'device' : 'trial', id),
  ])
  if (!beginning) return refused('The audit trail has no entry of it, so its past is not known.')
  const { kind, at: since } = beginning
  const found = { at: instant.at, changes }
  if (beginning.seq > moment.seq)
    return { status: kind === 'insert' ? 'notYet' : 'unknown', since, ...found }
  const then = await inThePast(db, moment, (past) => read(past, id))
  return { status: 'shown', then, ...found }
}

/** What the device page reads, and the last verdict that was stored for a trial on it. */
export async function readDevice(then: Db, deviceId: string) {
  const device = await getDevice(then, deviceId)
  const [state, commands, trials, settings, server, verdict, losses] = await Promise.all([
    currentState(then, deviceId),
    listCommandsOfDevice(then, deviceId),
    listTrialsOfDevice(then, deviceId),
    getLabSettings(then),
    device.mdmServerId === null ? undefined : findShownServer(then, device.mdmServerId),
    findLatestVerdictOfDevice(then, deviceId),
    listLostStarts(then, deviceId),
  ])
  const unasked = await listUnaskedNotes(
    then,
    commands.map(({ commandUuid }) => commandUuid),
  )
  return { device, state, commands, unasked, trials, settings, server, verdict, losses }
}

export type DeviceThen = Awaited<ReturnType<typeof readDevice>>

/** What the trial page reads, and the last verdict that was stored for it. */
export async function readTrial(then: Db, trialId: string) {
  const view = await findTrialView(then, trialId)
  if (!view) throw new Error(`trial ${trialId} is in the trail and not in its table`)
  const [settings, signatures, reviewEvents, contradictions, checks, waivers, verdict] =
    await Promise.all([
      getLabSettings(then),
      checkSignatures(then, trialId),
      listReviewEvents(then, trialId),
      listContradictionsOfTrial(then, trialId),
      countChecksOfTrial(then, trialId),
      listWaivers(then, trialId),
      findLatestVerdict(then, trialId),
    ])
  return {
    view,
    settings,
    signatures,
    reviewEvents,
    contradictions,
    checks,
    waivers,
    verdict,
  }
}

export type TrialThen = Awaited<ReturnType<typeof readTrial>>
