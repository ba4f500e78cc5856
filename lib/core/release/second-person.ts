import type { Db } from '@/lib/db/client'
import { type DeviceRow, findDeviceRows } from '@/lib/db/queries/devices/device-facts'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { findVerdict, listOthersAt } from '@/lib/db/queries/devices/verdicts'
import { getLabSettings } from '@/lib/db/queries/settings'
import type { Command } from '@/lib/db/queries/trials/commands'
import { listSignatures, type Signature } from '@/lib/db/queries/trials/signatures'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { fullVersion, isSameVersion, type OsIdentity, osOf } from '@/lib/domain/device/os-identity'
import type { Qualification } from '@/lib/domain/rules/qualify'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { hashVerdict, judgeDevice, plainPlan, verdictDifferences } from '../kernel/judge-device'

/** Why a release needs a second person, and whether that has to be a lead. */
export type SecondPerson = { reason: string; byLead: boolean }

type Of = { trial: Trial; device: DeviceRow; plan: ProtocolPlan; ordinal: number }

/**
 * Whether a release needs a second person; undefined if one person may release alone. Only the first command
 * consumes the baseline, so only it can use up the last device. For a real device no setting waives that; for a
 * virtual one, which can be made again, a lab may require two people only where a protocol does.
 */
export async function secondPersonFor(
  db: Db,
  { device, plan, ordinal }: Of,
  now: Date,
): Promise<SecondPerson | undefined> {
  const { twoPersonRelease: rule } = await getLabSettings(db)
  const os = osOf(await recordedState(db, device.id))
  const { version } = os
  const last =
    (rule !== 'protocolOnly' || !device.simulated) &&
    ordinal === 1 &&
    version !== undefined &&
    (await isLastAt(db, device, { ...os, version }, now))
  if (last)
    return {
      reason: `It is the last qualified device of this lab on ${device.platform} ${fullVersion(os)}.`,
      byLead: true,
    }
  if (plan.twoPersonRelease)
    return { reason: 'The protocol requires two people at each release.', byLead: false }
  return rule === 'always'
    ? { reason: 'This lab always requires two people at a release.', byLead: false }
    : undefined
}

/** A counter-signature; `lapsed` says why it does not count any more. */
export type CounterSigned = {
  signature: Signature
  lapsed?: { reason: string; differences: string[] } | undefined
}

/**
 * The newest counter-signature of a slot since its last release. It counts only for the verdict its signer saw,
 * and only while that verdict is fresh: both people have to look again at whatever changed since.
 */
export async function findCounterSignature(
  db: Db,
  { trial, ordinal, command, judged }: CounterOf,
  now: Date,
): Promise<CounterSigned | undefined> {
  const since = command?.signatureId ?? 0
  const signature = (await listSignatures(db, trial.id)).findLast(
    ({ id, act, slotOrdinal }) => act === 'counterSign' && slotOrdinal === ordinal && id > since,
  )
  if (!signature?.verdictId) return undefined
  const seen = await findVerdict(db, signature.verdictId)
  if (!seen) throw new Error('a counter-signature has lost its verdict')
  if (seen.hash !== hashVerdict(judged)) {
    const before = { ...judged, findings: seen.findings, overall: seen.overall }
    const differences = verdictDifferences(before, judged)
    return { signature, lapsed: { reason: 'Something has changed since then.', differences } }
  }
  return seen.staleAt && seen.staleAt <= now
    ? { signature, lapsed: { reason: 'What was seen then has gone stale.', differences: [] } }
    : { signature }
}

type CounterOf = {
  trial: Trial
  ordinal: number
  command: Command | undefined
  judged: Qualification
}

/** Why the release has to wait; undefined if no second person is needed or that person has signed. */
export function secondPersonProblem(
  second: SecondPerson | undefined,
  signed: CounterSigned | undefined,
  actorId: string,
): string | undefined {
  if (!second) return undefined
  const who = second.byLead ? 'a lead' : 'a second person'
  if (!signed)
    return `${second.reason} It waits for the counter-signature of ${who} other than you.`
  const { signature, lapsed } = signed
  if (signature.byId === actorId)
    return 'You have counter-signed this release yourself: another person must release it.'
  if (second.byLead && signature.byRole !== 'lead')
    return `${second.reason} ${signature.byName} signed as ${signature.byRole}; it takes a lead.`
  return lapsed
    ? `The counter-signature of ${signature.byName} does not count any more. ${lapsed.reason} ${lapsed.differences.join('; ')}`.trim()
    : undefined
}

/**
 * Whether no other device of the same environment and platform qualifies on this OS version, including its
 * supplement. The cached verdicts only suggest other devices; each is judged again from its own record, so that
 * nobody can get around the second person by writing to a cache.
 */
export async function isLastAt(
  db: Db,
  device: DeviceRow,
  os: OsIdentity & { version: string },
  now: Date,
): Promise<boolean> {
  for (const other of await findDeviceRows(db, await listOthersAt(db, device, os.version, now))) {
    const state = await recordedState(db, other.id)
    if (!isSameVersion(os, osOf(state))) continue
    const { overall } = await judgeDevice(db, other, plainPlan, now)
    if (overall === 'qualified') return false
  }
  return true
}
