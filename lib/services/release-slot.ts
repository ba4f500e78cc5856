import { randomUUID } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import {
  type Command,
  findOpenCommand,
  findSlotCommand,
  insertCommand,
  insertCommandEvent,
  moveCommand,
} from '@/lib/db/commands'
import type { DeviceRow } from '@/lib/db/device-facts'
import { findDurabilityProblem } from '@/lib/db/durability'
import { findProtocolVersion } from '@/lib/db/protocols'
import { currentState } from '@/lib/db/readings'
import { findShownServer } from '@/lib/db/servers'
import { getLabSettings } from '@/lib/db/settings'
import type { Trial } from '@/lib/db/trials'
import { findSameVerdict, findVerdict, insertVerdict } from '@/lib/db/verdicts'
import { type Actor, mayDo } from '@/lib/domain/actor'
import type { ProtocolPlan } from '@/lib/domain/protocol'
import type { Qualification } from '@/lib/domain/qualify'
import { freezeState } from '@/lib/domain/starting-state'
import { buildCommand } from '@/lib/mdm/command'
import { advanceTrial } from './advance-trial'
import { hashVerdict, judgeDevice, refreshVerdicts, verdictDifferences } from './judge-device'
import { withTrial } from './prepare-trial'
import { forbidden, type Refusal, refused } from './result'

/** `ordinal` counts from 1; `verdictId` names the verdict the engineer had on the screen. */
export type ReleaseSlot = { trialId: string; ordinal: number; verdictId: number }

export type Released = { status: 'released'; commandUuid: string; holdEndsAt: Date }
/** Somebody was first: when and who, so that the second click is told and nothing else happens. */
export type AlreadyReleased = { status: 'alreadyReleased'; by: string; at: Date; state: string }
/** What was on the screen is no longer so. */
export type Changed = { status: 'changed'; differences: string[]; verdictId: number }

/**
 * Releases one command slot. Judged, reserved and written in one transaction on the locked device:
 * what was judged is what is stored. Nothing leaves before the hold has ended.
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
    const slot = plan.slots[input.ordinal - 1]
    if (!slot) return refused(`the protocol has ${plan.slots.length} command slots`, 'ordinal')
    const command = await findSlotCommand(tx, trial.id, input.ordinal)
    const first = alreadyReleased(command)
    if (first) return first
    const blocked =
      (await orderProblem(tx, trial, input.ordinal)) ??
      (await serverProblem(tx, device)) ??
      (await findDurabilityProblem(tx)) ??
      (await openProblem(tx, device))
    if (blocked) return refused(blocked)

    const judged = await judgeDevice(tx, device, { slot, conditions: plan.conditions }, now, {
      trialId: trial.id,
    })
    const changed = await compare(tx, trial, device, judged, input, actor, now)
    if ('status' in changed) return changed
    return reserve(tx, actor, { trial, device, plan, command, judged, ...input, ...changed }, now)
  })
}

type Preview = { status: 'judged'; verdictId: number; qualification: Qualification }
/** For who may only look: nothing is stored, so there is no verdict a release could name. */
type Look = { status: 'looked'; qualification: Qualification }

/** Judges for the screen and, for who may release, stores what was judged; release names this verdict. */
export async function previewSlot(
  db: Db,
  actor: Actor,
  input: { trialId: string; ordinal: number },
  now: Date,
): Promise<Preview | Look | Refusal> {
  const no = forbidden(actor, 'look')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    const plan = await planOf(tx, trial)
    const slot = plan.slots[input.ordinal - 1]
    if (!slot) return refused(`the protocol has ${plan.slots.length} command slots`, 'ordinal')
    const qualification = await judgeDevice(
      tx,
      device,
      { slot, conditions: plan.conditions },
      now,
      {
        trialId: trial.id,
      },
    )
    if (!mayDo(actor, 'releaseTrial')) return { status: 'looked' as const, qualification }
    const verdictId =
      (await findSameVerdict(tx, {
        trialId: trial.id,
        hash: hashVerdict(qualification),
        staleAt: qualification.staleAt,
      })) ?? (await store(tx, trial, device, qualification, 'preview', actor))
    return { status: 'judged' as const, verdictId, qualification }
  })
}

async function planOf(tx: Db, trial: Trial): Promise<ProtocolPlan> {
  const version = await findProtocolVersion(tx, trial.protocolVersionId)
  if (!version) throw new Error(`trial T-${trial.number} has no protocol version`)
  return version.plan
}

/** Cancelled, lapsed and provably never sent are the only ends from which a slot may be released again. */
function alreadyReleased(command: Command | undefined): AlreadyReleased | undefined {
  if (!command || ['cancelled', 'lapsed', 'notSent'].includes(command.state)) return undefined
  return {
    status: 'alreadyReleased',
    by: command.reservedByName,
    at: command.reservedAt,
    state: command.state,
  }
}

async function orderProblem(tx: Db, trial: Trial, ordinal: number): Promise<string | undefined> {
  if (ordinal === 1)
    return trial.state === 'armed' ? undefined : `the trial is ${trial.state}; arm it first`
  if (trial.state !== 'observing')
    return `the trial is ${trial.state}; a later command is released while observing`
  const before = await findSlotCommand(tx, trial.id, ordinal - 1)
  if (!before?.sendingAt) return `command ${ordinal - 1} comes first`
  return undefined
}

async function serverProblem(tx: Db, device: DeviceRow): Promise<string | undefined> {
  if (device.enrollmentId === null) return 'the device has no enrollment ID'
  const server = device.mdmServerId ? await findShownServer(tx, device.mdmServerId) : undefined
  if (!server) return 'the device belongs to no MDM server'
  return server.stoppedBecause === null
    ? undefined
    : `sending through ${server.name} is stopped: ${server.stoppedBecause}`
}

async function openProblem(tx: Db, device: DeviceRow): Promise<string | undefined> {
  const open = await findOpenCommand(tx, device.id)
  return open
    ? `${open.requestType} of ${open.reservedAt.toISOString()} is still ${open.state} on this device; one command at a time`
    : undefined
}

/** Refuses what is not qualified or no longer what the engineer saw, and stores the verdict either way. */
async function compare(
  tx: Db,
  trial: Trial,
  device: DeviceRow,
  judged: Qualification,
  input: ReleaseSlot,
  actor: Actor,
  now: Date,
): Promise<{ newVerdictId: number; hash: string } | Changed | Refusal> {
  const seen = await findVerdict(tx, input.verdictId)
  if (seen?.trialId !== trial.id) return refused('name the verdict you have looked at', 'verdictId')
  const hash = hashVerdict(judged)
  const newVerdictId = await store(tx, trial, device, judged, 'release', actor)
  if (seen.hash !== hash) {
    const before = { ...judged, findings: seen.findings, overall: seen.overall }
    return {
      status: 'changed',
      differences: verdictDifferences(before, judged),
      verdictId: newVerdictId,
    }
  }
  if (judged.overall !== 'qualified')
    return refused('the device does not qualify: see the findings for what would make it pass')
  if (seen.staleAt && seen.staleAt <= now)
    return refused('what you looked at has gone stale: ask the device again')
  return { newVerdictId, hash }
}

async function store(
  tx: Db,
  trial: Trial,
  device: DeviceRow,
  judged: Qualification,
  purpose: 'preview' | 'release',
  actor: Actor,
): Promise<number> {
  return insertVerdict(tx, {
    deviceId: device.id,
    trialId: trial.id,
    purpose,
    ruleSetVersion: judged.ruleSetVersion,
    overall: judged.overall,
    findings: judged.findings,
    hash: hashVerdict(judged),
    judgedAt: judged.judgedAt,
    staleAt: judged.staleAt ?? null,
    byId: actor.id,
  })
}

type Reservation = ReleaseSlot & {
  trial: Trial
  device: DeviceRow
  plan: ProtocolPlan
  command: Command | undefined
  judged: Qualification
  newVerdictId: number
  hash: string
}

async function reserve(
  tx: Db,
  actor: Actor,
  reservation: Reservation,
  now: Date,
): Promise<Released> {
  const { trial, device, ordinal, newVerdictId } = reservation
  const settings = await getLabSettings(tx)
  const holdEndsAt = new Date(now.getTime() + settings.holdSeconds * 1000)
  const commandUuid = await writeSlot(tx, actor, reservation, { now, holdEndsAt })
  const text = `Released: command ${ordinal} is held until ${holdEndsAt.toISOString()}`
  const data = { ordinal, commandUuid, verdictId: newVerdictId }
  if (ordinal === 1) {
    const state = await currentState(tx, device.id)
    const set = {
      releasedAt: now,
      releasedBy: actor.name,
      holdEndsAt,
      startingState: freezeState(state),
      startOs: knownText(state.osVersion?.value),
      startBuild: knownText(state.osBuild?.value),
      verdictId: newVerdictId,
    }
    await advanceTrial(tx, trial, { kind: 'released', text, data, set }, actor, now)
  } else await advanceTrial(tx, trial, { kind: 'slotReleased', text, data }, actor, now)
  await refreshVerdicts(tx, [device.id], now)
  return { status: 'released', commandUuid, holdEndsAt }
}

/** A qualified device has both; their absence here is a bug and must stop the release. */
function knownText(value: string | undefined): string {
  if (value === undefined) throw new Error('a qualified device has an OS version and a build')
  return value
}

/** One CommandUUID per slot for ever: a slot that was cancelled or never left keeps its UUID and its bytes. */
async function writeSlot(
  tx: Db,
  actor: Actor,
  { trial, device, plan, command, hash, ordinal }: Reservation,
  { now, holdEndsAt }: { now: Date; holdEndsAt: Date },
): Promise<string> {
  const again = {
    state: 'reserved' as const,
    reservedAt: now,
    reservedById: actor.id,
    reservedByName: actor.name,
    holdEndsAt,
    verdictHash: hash,
  }
  const commandUuid = command?.commandUuid ?? randomUUID()
  if (command) {
    const moved = await moveCommand(tx, commandUuid, ['cancelled', 'lapsed', 'notSent'], again)
    if (!moved) throw new Error(`command ${commandUuid} moved while its device was locked`)
  } else {
    const slot = plan.slots[ordinal - 1]
    if (!slot || !device.mdmServerId || device.enrollmentId === null)
      throw new Error('a slot was reserved without a plan, server or enrollment ID')
    const built = buildCommand({ commandUuid, requestType: 'ScheduleOSUpdate', slot })
    await insertCommand(tx, {
      ...again,
      commandUuid,
      deviceId: device.id,
      mdmServerId: device.mdmServerId,
      enrollmentId: device.enrollmentId,
      trialId: trial.id,
      slotOrdinal: ordinal,
      purpose: 'intervention',
      requestType: 'ScheduleOSUpdate',
      plist: built.plist,
      plistSha256: built.sha256,
    })
  }
  await insertCommandEvent(tx, { commandUuid, kind: 'reserved', at: now, byName: actor.name })
  return commandUuid
}
