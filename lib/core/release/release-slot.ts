import type { Db } from '@/lib/db/client'
import { type CustodyRow, findCustody } from '@/lib/db/queries/devices/custody'
import { readFrozenFields } from '@/lib/db/queries/devices/custom-fields'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { listWaivers } from '@/lib/db/queries/devices/verdicts'
import { getIssueSet } from '@/lib/db/queries/known-issues'
import { findDurabilityProblem } from '@/lib/db/queries/servers/database-health'
import { getLabSettings } from '@/lib/db/queries/settings'
import { type Command, findSlotCommand } from '@/lib/db/queries/trials/commands'
import { findTrial, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { fullVersion, osOf } from '@/lib/domain/device/os-identity'
import { type OsVersion, parseVersion } from '@/lib/domain/device/os-version'
import { withoutKnownWrong } from '@/lib/domain/reading/unreliable-readings'
import { exactTime } from '@/lib/domain/text/instant'
import { commandOf } from '@/lib/domain/trial/arms'
import { isDeclaration, slotName } from '@/lib/domain/trial/mechanism'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { holdSecondsFor } from '@/lib/domain/trial/release'
import type { StartingFacts } from '@/lib/domain/trial/starting-facts'
import { freezeState } from '@/lib/domain/trial/starting-state'
import { type Destination, destinationInWords } from '@/lib/mdm/destination'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { judgeDevice, refreshVerdicts } from '../kernel/judge-device'
import { sign } from '../kernel/sign'
import type { MdmServers } from '../shared/mdm-servers'
import { forbidden, type Refusal, refused } from '../shared/result'
import { endQueryPause } from './pause-queries'
import { destinationFor } from './release-destination'
import { findCounterSignature, secondPersonFor, secondPersonProblem } from './second-person'
import { type FoundHoldings, findHoldings, foundProblem } from './server-holdings'
import {
  type AlreadyReleased,
  alreadyReleased,
  type Changed,
  compareWithSeen,
  openProblem,
  orderProblem,
  planOf,
} from './slot-checks'
import { declaredTime, storedItemsOf } from './stored-declaration'
import { plannedCommand, planSlot, writeSlot } from './write-slot'

/**
 * `ordinal` counts from 1; `verdictId` is the verdict that the engineer had on the screen; `proofId` is the proof
 * made by the password or passkey at this action.
 */
export type ReleaseSlot = {
  trialId: string
  ordinal: number
  verdictId: number
  proofId: string | undefined
  /** What the server of declarations holds for the device, read just before: for a declaration. */
  found?: FoundHoldings | undefined
}

export type Released = { status: 'released'; commandUuid: string; holdEndsAt: Date }

/**
 * Releases one command slot. Judged, signed, reserved and written in one transaction on the locked
 * device: what was judged is what is signed and stored. Nothing leaves before the hold has ended.
 */
export async function releaseSlot(
  db: Db,
  actor: Actor,
  input: ReleaseSlot,
  now: Date,
): Promise<Released | AlreadyReleased | Changed | Refusal> {
  const no = forbidden(actor, 'releaseTrial')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    const plan = await planOf(tx, trial)
    const judgedFor = commandOf(plan, input.ordinal)
    if (!judgedFor) return refused(`the protocol has ${plan.slots.length} command slots`, 'ordinal')
    const command = await findSlotCommand(tx, trial.id, input.ordinal)
    const first = alreadyReleased(command)
    if (first) return first
    const early = await orderProblem(tx, trial, input.ordinal)
    if (early) return refused(early)
    const mechanism = isDeclaration(judgedFor.slot) ? 'declaration' : 'command'
    const goes = await destinationFor(tx, device, mechanism)
    if ('problem' in goes) return refused(goes.problem)
    const beside = mechanism === 'declaration' && foundProblem(input.found, goes.sendsTo)
    if (beside) return refused(beside)
    const { timeZone, osVersion } = await recordedState(tx, device.id)
    const time = declaredTime({ plan, ordinal: input.ordinal, command }, timeZone?.value, now)
    if (!time.ok) return refused(time.reason)
    const blocked =
      (await findDurabilityProblem(tx)) ??
      (await openProblem(tx, device, now)) ??
      (await waiverProblem(tx, trial, actor))
    if (blocked) return refused(blocked)

    const judged = await judgeDevice(tx, device, judgedFor, now, {
      trialId: trial.id,
    })
    const seen = { trial, device, judged, verdictId: input.verdictId, actor }
    const same = await compareWithSeen(tx, seen, now)
    if ('status' in same) return same
    const { ordinal } = input
    const second = await secondPersonFor(tx, { trial, device, plan, ordinal }, now)
    const signed = await findCounterSignature(tx, { trial, ordinal, command, judged }, now)
    const waits = secondPersonProblem(second, signed, actor.id)
    if (waits) return refused(waits, 'counterSignature')
    const counterSignatureId = second ? (signed?.signature.id ?? null) : null
    return reserve(
      tx,
      actor,
      {
        ...{ trial, device, plan, command, counterSignatureId, local: time.local },
        os: osVersion?.value === undefined ? undefined : parseVersion(osVersion.value),
        ...{ ...goes, ...input, ...same },
      },
      now,
    )
  })
}

/** The person who waived a rule does not release on it: that takes a second person. */
async function waiverProblem(tx: Db, trial: Trial, actor: Actor): Promise<string | undefined> {
  const own = (await listWaivers(tx, trial.id)).find(({ byId }) => byId === actor.id)
  return own && `you waived ${own.ruleId} for this trial: another person must release it`
}

type Reservation = ReleaseSlot & {
  sendsTo: Destination
  trial: Trial
  device: DeviceRow
  plan: ProtocolPlan
  command: Command | undefined
  local: string | undefined
  os: OsVersion | undefined
  newVerdictId: number
  hash: string
  /** Of the second person, where one is required. */
  counterSignatureId: number | null
}

async function reserve(
  tx: Db,
  actor: Actor,
  reservation: Reservation,
  now: Date,
): Promise<Released | Refusal> {
  const { trial, device, ordinal, newVerdictId, hash, counterSignatureId, sendsTo } = reservation
  const slot = planSlot(reservation)
  const { commandUuid } = slot
  const signed = await sign(
    tx,
    actor,
    {
      trialId: trial.id,
      act: 'release',
      proofId: reservation.proofId,
      slotOrdinal: ordinal,
      verdict: { id: newVerdictId, hash },
      command: plannedCommand(slot),
      // The database holds the command to it: lib/db/sql/guards/guard_destination.sql.
      details: { sendsTo },
    },
    now,
  )
  if (signed.status === 'refused') return signed
  const holdSeconds = holdSecondsFor((await getLabSettings(tx)).holdSeconds, trial)
  const holdEndsAt = new Date(now.getTime() + holdSeconds * 1000)
  await writeSlot(tx, actor, trial, slot, {
    now,
    holdEndsAt,
    verdictHash: hash,
    signatureId: signed.signature.id,
    counterSignatureId,
    needsTwoPeople: counterSignatureId !== null,
  })
  // The release dialog is done with, and queries that waited for it are dropped.
  const name = slotName(reservation.plan.slots[ordinal - 1], ordinal).toLowerCase()
  const reason = `${name} of the trial was released first`
  await endQueryPause(tx, device.id, { reason, actor, now })
  const items = storedItemsOf(slot)
  await advance(tx, actor, { ...reservation, commandUuid, holdEndsAt, items }, now)
  await refreshVerdicts(tx, [device.id], now)
  return { status: 'released', commandUuid, holdEndsAt }
}

async function advance(
  tx: Db,
  actor: Actor,
  reserved: Reservation & { commandUuid: string; holdEndsAt: Date; items: readonly string[] },
  now: Date,
): Promise<void> {
  const { trial, device, plan, ordinal, newVerdictId, commandUuid, holdEndsAt } = reserved
  const { sendsTo, items } = reserved
  const also = items.length > 0 ? `, with a subscription to ${items.length} status items` : ''
  const text = `Released: ${slotName(plan.slots[ordinal - 1], ordinal).toLowerCase()} is held until ${exactTime(holdEndsAt)} and goes to ${destinationInWords(sendsTo)}${also}`
  const data = { ordinal, commandUuid, verdictId: newVerdictId, sendsTo }
  if (ordinal > 1) {
    await advanceTrial(tx, trial, { kind: 'slotReleased', text, data }, actor, now)
    return
  }
  const [state, known] = await Promise.all([recordedState(tx, device.id), getIssueSet(tx)])
  const set = {
    releasedAt: now,
    releasedBy: actor.name,
    holdEndsAt,
    startingState: freezeState(withoutKnownWrong(state, { platform: device.platform, known })),
    startingFacts: await factsOf(tx, device),
    startOs: knownText(fullVersion(osOf(state))),
    startBuild: knownText(state.osBuild?.value),
    verdictId: newVerdictId,
  }
  await advanceTrial(tx, trial, { kind: 'released', text, data, set }, actor, now)
}

/** What the device is, besides its readings. */
async function factsOf(tx: Db, device: DeviceRow): Promise<StartingFacts> {
  const { id, labTag, name, platform, modelIdentifier, modelName, serial } = device
  const [fields, { open }] = [await readFrozenFields(tx, id), await findCustody(tx, id)]
  const custody = open ? custodyOf(open) : null
  return { labTag, name, platform, modelIdentifier, modelName, serial, fields, custody }
}

const custodyOf = ({ holderId, holderName, since, place }: CustodyRow) => ({
  ...{ holderId, holderName, since: since.toISOString(), place },
})

/** A qualified device has an OS version and a build. If one is missing here, that is a bug and must stop the release. */
function knownText(value: string | undefined): string {
  if (value === undefined) throw new Error('a qualified device has an OS version and a build')
  return value
}

/**
 * The same after reading what the server of declarations holds for the device, where the slot is a declaration: something
 * else there, or not knowing, keeps it from being released.
 */
export async function releaseThroughServer(
  db: Db,
  servers: MdmServers,
  actor: Actor,
  input: Omit<ReleaseSlot, 'found'>,
  clock: () => Date,
): ReturnType<typeof releaseSlot> {
  const no = forbidden(actor, 'releaseTrial')
  if (no) return no
  const trial = await findTrial(db, input.trialId)
  const slot = trial && commandOf(await planOf(db, trial), input.ordinal)?.slot
  if (!slot || !isDeclaration(slot)) return releaseSlot(db, actor, input, clock())
  const found = await findHoldings(db, servers, input.trialId)
  if ('status' in found) return found
  return releaseSlot(db, actor, { ...input, found }, clock())
}
