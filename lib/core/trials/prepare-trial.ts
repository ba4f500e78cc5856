import { createHash } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { listMissingFields } from '@/lib/db/queries/devices/custom-fields'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findArm } from '@/lib/db/queries/trials/arms'
import { listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import { findProtocolVersion, lockProtocol } from '@/lib/db/queries/trials/protocols'
import { findLiveTrial, insertTrial, insertTrialEvent } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { missingInWords } from '@/lib/domain/device/custom-field'
import { maxPredicted, predictableOutcomes, readPrediction } from '@/lib/domain/outcome/prediction'
import { nameOffer } from '@/lib/domain/reading/describe-reading'
import { exactTime } from '@/lib/domain/text/instant'
import { describeSlot, findOffered } from '@/lib/domain/trial/offered-target'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { notForTrials } from '@/lib/domain/trial/protocol-life'
import { canonicalRegistration, type RegisteredArm } from '@/lib/domain/trial/registration'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, refused } from '../shared/result'
import { type ChosenArm, pickArm } from './assign-arm'
import { claimForDraft, claimForRegistration, type TakeOver, useClaim } from './booked-device'

export type DraftTrial = {
  deviceId: string
  protocolVersionId: string
  expectation: string
  /** The outcomes of which one is expected, at most `maxPredicted`; none where nothing is predicted. */
  prediction?: readonly string[] | undefined
  /** The booking that becomes this trial. */
  bookingId?: string | undefined
  takeOver?: TakeOver | undefined
  /** The arm that is chosen; without one it is drawn, in a protocol with arms. */
  arm?: ChosenArm | undefined
}
export type Prepared = { status: 'done'; trialId: string }

/**
 * Drafts a trial. A draft reserves nothing, and withdrawing it leaves no trace on the device. It is refused while somebody
 * else has booked the device, unless a lead takes it over with a reason.
 */
export async function draftTrial(
  db: Db,
  actor: Actor,
  input: DraftTrial,
  now: Date,
): Promise<Prepared | Refusal> {
  const no = forbidden(actor, 'draftTrial')
  if (no) return no
  const prediction = readPrediction(input.prediction ?? [])
  if (prediction === undefined)
    return refused(
      `predict one outcome or up to ${maxPredicted}: ${predictableOutcomes.join(', ')}`,
      'prediction',
    )
  const { bookingId: _, takeOver, arm: chosen, ...said } = input
  return transact(db, actor, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('there is no such device', 'deviceId')
    if (device.retiredAt) return refused('the device is retired', 'deviceId')
    const version = await findProtocolVersion(tx, input.protocolVersionId)
    if (!version) return refused('there is no such version of a protocol', 'protocolVersionId')
    const events = await listVersionEvents(tx, [version.id])
    const unfit = notForTrials({ ...version, events })
    // A draft may wait for the review of its protocol; with a retired version nothing begins.
    if (unfit && events.some(({ kind }) => kind === 'retired'))
      return refused(unfit, 'protocolVersionId')
    const incomplete = await missingFields(tx, device.id)
    if (incomplete) return refused(incomplete, 'deviceId')
    const missed = await missedTarget(tx, device.id, version.plan)
    if (missed) return refused(missed, 'protocolVersionId')
    const claim = await claimForDraft(tx, actor, input, now)
    if ('status' in claim) return claim
    const arm = await pickArm(tx, { device, version, chosen, actor }, now)
    if (arm && 'status' in arm) return arm
    const trial = await insertTrial(tx, {
      ...said,
      prediction,
      state: 'draft',
      draftedAt: now,
      draftedBy: actor.name,
    })
    await arm?.store(trial.id)
    await insertTrialEvent(tx, {
      trialId: trial.id,
      kind: 'drafted',
      at: now,
      byId: actor.id,
      byName: actor.name,
      byRole: actor.role,
      text: `${claim.own ? 'Drafted from a booking' : 'Drafted'}${arm ? ` in ${arm.words}` : ''}`,
      data: { ...(claim.own && { bookingId: claim.own.id }), ...arm?.data },
    })
    await useClaim(tx, actor, trial, { ...claim, reason: takeOver?.reason }, now)
    return { status: 'done' as const, trialId: trial.id }
  })
}

/** The required fields of this lab that the device lacks, so that no trial begins with a silent gap. */
const missingFields = async (tx: Db, deviceId: string): Promise<string | undefined> =>
  missingInWords((await listMissingFields(tx, [deviceId])).get(deviceId))

/**
 * Why no trial of this plan can come to anything on the device: it said that it is offered other versions. However old
 * the answer: a target that a device has outgrown does not come back, and a new one shows once it is queried. Offered
 * nothing is no such answer, as a device says that too while Apple's servers do not answer it.
 */
async function missedTarget(
  tx: Db,
  deviceId: string,
  { slots }: ProtocolPlan,
): Promise<string | undefined> {
  const { availableUpdates } = await currentState(tx, deviceId)
  const [offers, slot] = [availableUpdates?.value ?? [], slots[0]]
  if (!slot || !availableUpdates || offers.length === 0) return undefined
  const { meant, unclear } = findOffered(slot, offers)
  if (meant.length + unclear.length > 0) return undefined
  return `the command is ${describeSlot(slot)}, and the device is offered ${offers.map(nameOffer).join(', ')}, as it said at ${exactTime(availableUpdates.answeredAt)}. Choose a protocol for what is offered, or query the device if that has changed`
}

/**
 * Seals the expectation with its prediction and reserves the device: from here on no other trial can use it, and neither
 * can be changed to fit the result.
 */
export async function registerTrial(
  db: Db,
  actor: Actor,
  input: { trialId: string },
  now: Date,
): Promise<(Prepared & { registrationHash: string }) | Refusal> {
  const no = forbidden(actor, 'registerTrial')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    if (trial.state !== 'draft') return refused(`the trial is ${trial.state} already`)
    if (trial.expectation.trim() === '')
      return refused('write down what you expect before you register', 'expectation')
    const incomplete = await missingFields(tx, device.id)
    if (incomplete) return refused(incomplete)
    const live = await findLiveTrial(tx, device.id)
    if (live) return refused(`the device is in trial T-${live.number}, which is ${live.state}`)
    const booked = await claimForRegistration(tx, actor, trial, now)
    if (booked) return booked
    const version = await findProtocolVersion(tx, trial.protocolVersionId)
    if (!version) throw new Error('a trial without its protocol version')
    // A review or a retirement of it waits until the trial is registered, or the other way round.
    await lockProtocol(tx, version.protocolId)
    const events = await listVersionEvents(tx, [version.id])
    const unfit = notForTrials({ ...version, events })
    if (unfit) return refused(unfit, 'protocolVersionId')
    const arm = await findArm(tx, trial.id)
    if (version.plan.design && !arm)
      return refused('the trial has no arm: withdraw this draft and draft another')
    const registration = canonicalRegistration({
      trialId: trial.id,
      deviceId: device.id,
      protocolVersionId: version.id,
      protocolVersion: version.version,
      plan: version.plan,
      expectation: trial.expectation,
      prediction: trial.prediction,
      arm: arm ? registeredArm(arm) : null,
    })
    const registrationHash = createHash('sha256').update(registration).digest('hex')
    await advanceTrial(
      tx,
      trial,
      {
        kind: 'registered',
        text: 'Registered: the expectation is sealed',
        data: { registrationHash },
        set: { registration, registrationHash, registeredAt: now, registeredBy: actor.name },
      },
      actor,
      now,
    )
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'done' as const, trialId: trial.id, registrationHash }
  })
}

const registeredArm = (one: RegisteredArm): RegisteredArm => {
  const { arm, method, reason, stratum, block, position, seedSha256 } = one
  return { arm, method, reason, stratum, block, position, seedSha256 }
}

/** Arms a trial. The engineer types the last four characters of the serial, which shows that the right device is on the bench. */
export async function armTrial(
  db: Db,
  actor: Actor,
  input: { trialId: string; serialLast4: string },
  now: Date,
): Promise<Prepared | Refusal> {
  const no = forbidden(actor, 'armTrial')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    if (trial.state !== 'registered') return refused(`the trial is ${trial.state}, not registered`)
    const wrong = serialProblem(device, input.serialLast4)
    if (wrong) return refused(wrong, 'serialLast4')
    await advanceTrial(
      tx,
      trial,
      { kind: 'armed', text: 'Armed', set: { armedAt: now, armedBy: actor.name } },
      actor,
      now,
    )
    return { status: 'done' as const, trialId: trial.id }
  })
}

export async function disarmTrial(
  db: Db,
  actor: Actor,
  input: { trialId: string },
  now: Date,
): Promise<Prepared | Refusal> {
  const no = forbidden(actor, 'armTrial')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial) => {
    if (trial.state !== 'armed') return refused(`the trial is ${trial.state}, not armed`)
    await advanceTrial(tx, trial, { kind: 'disarmed', text: 'Disarmed' }, actor, now)
    return { status: 'done' as const, trialId: trial.id }
  })
}

function serialProblem({ serial }: DeviceRow, typed: string): string | undefined {
  if (serial === null || serial.length < 4)
    return 'the serial of this device is not known: query the device or type it on its page first'
  if (!/^[0-9a-z]{4}$/i.test(typed.trim())) return 'type the last four characters of the serial'
  return serial.slice(-4).toUpperCase() === typed.trim().toUpperCase()
    ? undefined
    : 'this is not the end of the serial of the device in this trial: check that you hold the right one'
}
