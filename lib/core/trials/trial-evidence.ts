import type { Db } from '@/lib/db/client'
import { type DeviceAlarm, listAlarms } from '@/lib/db/queries/devices/device-alarms'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findOsClaim, listOsSightings } from '@/lib/db/queries/devices/readings'
import { listEventsOfTrial } from '@/lib/db/queries/events/event-list'
import { listGapsSince } from '@/lib/db/queries/events/gaps'
import { listRedeliveriesOfTrial, type Redelivery } from '@/lib/db/queries/events/redeliveries'
import { findTrialVersion } from '@/lib/db/queries/trials/arms'
import { type Command, listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { type DeclarationRemoval, listRemovals } from '@/lib/db/queries/trials/declaration-steps'
import { listObservations, type Observation, type Trial } from '@/lib/db/queries/trials/trials'
import { startedOn } from '@/lib/domain/device/os-identity'
import type {
  ErrorCode,
  ObservationEvidence,
  OutcomeEvidence,
  ReplyEvidence,
  SlotEvidence,
  StatusReport,
} from '@/lib/domain/outcome/outcome-evidence'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import type { ObservationKind } from '@/lib/domain/trial/observation'
import { buildOfProductKey } from '@/lib/domain/trial/offered-target'
import type { ProtocolPlan, SlotPlan } from '@/lib/domain/trial/protocol'
import { eventTime } from '@/lib/mdm/event'
import { readPlist } from '@/lib/mdm/plist/plist'
import { interpretReply } from '@/lib/mdm/reply'
import type { ErrorItem } from '@/lib/mdm/reply-types'

type TrialReply = Awaited<ReturnType<typeof listEventsOfTrial>>[number]

/**
 * Gathers the evidence for an outcome from the record alone.
 * @throws Error for a trial that never sent anything
 */
export async function gatherEvidence(db: Db, trial: Trial, now: Date): Promise<OutcomeEvidence> {
  const { startOs, startBuild, deadlineAt } = trial
  if (startOs === null || startBuild === null || deadlineAt === null)
    throw new Error(`trial T-${trial.number} has sent nothing, so there is no outcome to propose`)
  const since = trial.releasedAt ?? trial.sentAt ?? now
  const [version, commands, replies, seen, sightings, device, redelivered, alarms, claimedOs] =
    await Promise.all([
      findTrialVersion(db, trial),
      listCommandsOfTrial(db, trial.id),
      listEventsOfTrial(db, trial.id),
      listObservations(db, trial.id),
      listOsSightings(db, { trialId: trial.id, deviceId: trial.deviceId }, since),
      findDeviceRow(db, trial.deviceId),
      listRedeliveriesOfTrial(db, trial.id),
      listAlarms(db, trial.deviceId),
      findOsClaim(db, trial.deviceId, since),
    ])
  if (!version) throw new Error(`trial T-${trial.number} has no protocol version`)
  const uuids = commands.map(({ commandUuid }) => commandUuid)
  const removals = await listRemovals(db, uuids)
  const gaps =
    device?.mdmServerId && trial.sentAt
      ? await listGapsSince(db, device.mdmServerId, trial.sentAt)
      : []
  return {
    startOs,
    startBuild,
    startSupplementalBuild: startedOn(trial).supplementalBuild,
    target: targetOf(version.plan),
    sightings,
    current: sightings.at(-1),
    claimedOs,
    passcodePresent: passcodeAtStart(trial),
    slots: slotsOf(version.plan, { commands, replies, redelivered, removals }),
    statusReports: replies.flatMap(statusReport),
    observations: standing(seen),
    lastSeenAt: device?.lastSeenAt ?? undefined,
    gaps: gaps.map(({ beganAt, endedAt }) => ({ beganAt, endedAt: endedAt ?? undefined })),
    alarms: alarmsSince(alarms, trial),
    deadlineAt,
    now,
  }
}

/** Compared by when the alarm was raised: an answer may be read long after the device gave it, but never before. */
const alarmsSince = (alarms: readonly DeviceAlarm[], { sentAt }: Trial) =>
  alarms.flatMap(({ kind, raisedAt: at }) => (sentAt && at >= sentAt ? [{ kind, at }] : []))

/** What the slots named: the version, and the build that a declaration names or an Apple ProductKey ends in. */
function targetOf({ slots }: { slots: SlotPlan[] }): {
  version?: string | undefined
  build?: string | undefined
} {
  const last = slots.at(-1)
  if (last && isDeclaration(last)) return { version: last.targetVersion, build: last.targetBuild }
  const build = last?.productKey === undefined ? undefined : buildOfProductKey(last.productKey)
  return { version: last?.productVersion, build }
}

const passcodeAtStart = ({ startingState }: Trial) => startingState?.passcodePresent?.value

type Wire = {
  commands: Command[]
  replies: TrialReply[]
  redelivered: Redelivery[]
  removals: DeclarationRemoval[]
}

function slotsOf(
  plan: ProtocolPlan,
  { commands, replies, redelivered, removals }: Wire,
): SlotEvidence[] {
  return plan.slots.flatMap((slot, index) => {
    const command = commands.find(({ slotOrdinal }) => slotOrdinal === index + 1)
    if (!command) return []
    return [
      {
        ordinal: index + 1,
        installAction: isDeclaration(slot) ? undefined : slot.installAction,
        state: command.state,
        sentAt: command.sendingAt ?? undefined,
        detachedAt:
          removals.find(({ commandUuid }) => commandUuid === command.commandUuid)?.detachedAt ??
          undefined,
        replies: replies
          .filter(({ commandUuid }) => commandUuid?.toLowerCase() === command.commandUuid)
          .flatMap(replyEvidence),
        redelivered: redelivered.find(({ commandUuid }) => commandUuid === command.commandUuid),
      },
    ]
  })
}

const timeOf = (reply: TrialReply): Date =>
  eventTime(reply, reply.createdAt ? { createdAt: reply.createdAt } : {})

function replyEvidence(reply: TrialReply): ReplyEvidence[] {
  if (reply.status === null) return []
  const at = timeOf(reply)
  const plist = reply.payload === null ? undefined : readPlist(reply.payload)
  const { status, id: order } = reply
  if (!plist?.ok) return [{ status, at, order, source: 'envelope' }]
  const read = interpretReply('ScheduleOSUpdate', plist.value)
  const updates = read.results?.map(({ statusText, errorChain }) => ({
    status: statusText,
    errors: errorsOf(errorChain),
  }))
  return [{ status, at, order, source: 'reply', errors: errorsOf(read.errorChain), updates }]
}

const errorsOf = (chain: ErrorItem[]): ErrorCode[] =>
  chain.flatMap(({ domain, code }) =>
    domain === undefined || code === undefined ? [] : [{ domain, code }],
  )

function statusReport(reply: TrialReply): StatusReport[] {
  if (reply.requestType !== 'OSUpdateStatus' || reply.payload === null) return []
  const plist = readPlist(reply.payload)
  if (!plist.ok) return []
  const { activity, items } = interpretReply('OSUpdateStatus', plist.value)
  if (activity === undefined) return []
  const downloaded = items?.some(({ isDownloaded }) => isDownloaded === true)
  return [{ at: timeOf(reply), activity, downloaded }]
}

/** Leaves out the observations that were corrected; their corrections count instead. */
export function standing(seen: Observation[]): ObservationEvidence[] {
  const corrected = new Set(seen.map(({ correctsId }) => correctsId))
  return seen
    .filter(({ id }) => !corrected.has(id))
    .map(({ kind, observedAt, data }) => ({
      // `observe` writes no other kind.
      kind: kind as ObservationKind,
      at: observedAt,
      osVersion: typeof data.osVersion === 'string' ? data.osVersion : undefined,
      osBuild: typeof data.osBuild === 'string' ? data.osBuild : undefined,
    }))
}
