import type { Db } from '@/lib/db/client'
import {
  type DeviceRow,
  findDeviceRow,
  getDeviceFacts,
} from '@/lib/db/queries/devices/device-facts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { getIssueSet } from '@/lib/db/queries/known-issues'
import { getLabSettings } from '@/lib/db/queries/settings'
import { listVersionChoices } from '@/lib/db/queries/trials/protocols'
import { findStandingIfAsked } from '@/lib/db/queries/trials/second-readings'
import type { Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import type { OutcomeProposal } from '@/lib/domain/outcome/outcome-evidence'
import { isWithheld } from '@/lib/domain/review/second-reading'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { fitProtocol, type ProtocolFit } from '@/lib/domain/trial/protocol-fit'
import { judgeDevice, listedFor, plainPlan } from '../kernel/judge-device'
import { assertAllowed } from '../shared/result'
import { proposeForTrial } from './conclude-trial'

/** Judges the device against every rule, for an update by the default action; nothing is stored. */
export async function assessDevice(
  db: Db,
  actor: Actor,
  device: DeviceRow,
  now: Date,
): Promise<Qualification> {
  assertAllowed(actor, 'look')
  return judgeDevice(db, device, plainPlan, now)
}

/**
 * The outcome that the trial's record proposes now; undefined while nothing has been sent, and for somebody from whom it is
 * withheld until the second reading.
 */
export async function assessOutcome(
  db: Db,
  actor: Actor,
  view: { trial: Trial; version: { plan: ProtocolPlan } },
  now: Date,
): Promise<OutcomeProposal | undefined> {
  assertAllowed(actor, 'look')
  const standing = await findStandingIfAsked(db, view, actor.id)
  return standing && isWithheld(standing) ? undefined : proposeForTrial(db, view.trial, now)
}

/**
 * How well each protocol fits a device, by the id of the protocol version; empty for an unknown device. Nothing is
 * stored. Shown before a trial is drafted, so that nobody registers and arms one for a target that is not offered.
 */
export async function assessProtocolFits(
  db: Db,
  actor: Actor,
  { deviceId }: { deviceId: string },
  now: Date,
): Promise<Record<string, ProtocolFit>> {
  assertAllowed(actor, 'look')
  const protocols = await listVersionChoices(db)
  const context = await contextOf(db, { deviceId, plans: protocols.map(({ plan }) => plan) }, now)
  if (!context) return {}
  return Object.fromEntries(
    protocols.map(({ versionId, plan }) => [versionId, fitProtocol(plan, context)]),
  )
}

/** How well the protocol of a trial fits its device, not counting the trial's own reservation. */
export async function assessTrialFit(
  db: Db,
  actor: Actor,
  { deviceId, trialId, plan }: { deviceId: string; trialId: string; plan: ProtocolPlan },
  now: Date,
): Promise<ProtocolFit | undefined> {
  assertAllowed(actor, 'look')
  const context = await contextOf(db, { deviceId, trialId, plans: [plan] }, now)
  return context && fitProtocol(plan, context)
}

async function contextOf(
  db: Db,
  { deviceId, trialId, plans }: { deviceId: string; trialId?: string; plans: ProtocolPlan[] },
  now: Date,
) {
  const device = await findDeviceRow(db, deviceId)
  if (!device) return undefined
  const [settings, known, facts, state] = await Promise.all([
    getLabSettings(db),
    getIssueSet(db),
    getDeviceFacts(db, device, { trialId }),
    currentState(db, deviceId),
  ])
  const declares = plans.some(({ slots }) => slots.some(isDeclaration))
  const listed = declares ? await listedFor(db, device, state, now) : undefined
  return { device: { ...facts, listed }, state, settings, known, now }
}
