import { createHash } from 'node:crypto'
import { listMismatchedFields } from '@/lib/db/audit/check-folds'
import type { Db } from '@/lib/db/client'
import { loadCatalogue } from '@/lib/db/queries/catalogue/facts'
import { findTrialDeclarations } from '@/lib/db/queries/devices/declaration-events'
import {
  type DeviceRow,
  findDeviceRows,
  getDeviceFacts,
} from '@/lib/db/queries/devices/device-facts'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { listWaivers, putDeviceVerdict, type StaleVerdict } from '@/lib/db/queries/devices/verdicts'
import { getIssueSet } from '@/lib/db/queries/known-issues'
import { getLabSettings } from '@/lib/db/queries/settings'
import { type ValidTargets, validTargets } from '@/lib/domain/catalogue/targets'
import { type DeviceState, type ReadingField, readingFields } from '@/lib/domain/reading/reading'
import {
  comparableVerdict,
  differences,
  listReason,
  type Qualification,
  qualify,
} from '@/lib/domain/rules/qualify'
import { isDeclaration } from '@/lib/domain/trial/mechanism'
import type { SlotPlan, StartingConditions } from '@/lib/domain/trial/protocol'

/** What a device is judged for: one slot of a protocol, under the protocol's conditions. */
export type JudgedPlan = { slot: SlotPlan; conditions: StartingConditions }

/** What the device list judges for: an update by the default action, with no conditions but the lab's own. */
export const plainPlan: JudgedPlan = { slot: { installAction: 'Default' }, conditions: {} }

type Except = { trialId?: string | undefined; commandUuid?: string | undefined }

/** Judges a device by its record. In a transaction that has locked the device's row, the verdict is what will be sent. */
export async function judgeDevice(
  db: Db,
  device: DeviceRow,
  plan: JudgedPlan,
  now: Date,
  except: Except = {},
): Promise<Qualification> {
  const [settings, known, facts, state, forged, waivers] = await Promise.all([
    getLabSettings(db),
    getIssueSet(db),
    getDeviceFacts(db, device, except),
    recordedState(db, device.id),
    listMismatchedFields(db, device.id),
    except.trialId === undefined ? [] : listWaivers(db, except.trialId),
  ])
  const alarms = [...(facts.alarms ?? []), ...forgedAlarm(forged)]
  const listed = isDeclaration(plan.slot) ? await listedFor(db, device, state, now) : undefined
  const trialDeclarations =
    except.trialId === undefined
      ? undefined
      : await findTrialDeclarations(db, device.id, except.trialId)
  const judged = { ...facts, alarms, listed, trialDeclarations }
  return qualify({ device: judged, state, settings, known, now, waivers, ...plan })
}

/** What Apple's list has for a device: what a declaration may name. */
export async function listedFor(
  db: Db,
  { modelIdentifier }: DeviceRow,
  { osVersion }: DeviceState,
  now: Date,
): Promise<ValidTargets> {
  const device = { modelIdentifier, osVersion: osVersion?.value }
  return validTargets(device, await loadCatalogue(db), now.toISOString().slice(0, 10))
}

/**
 * The record is judged, while pages show the cache of current readings. If the two differ, somebody wrote past the
 * database's trigger, and people have seen readings other than those that are judged.
 */
const forgedAlarm = (fields: readonly ReadingField[]): string[] =>
  fields.length === 0
    ? []
    : [
        `the readings shown are not those of the record (${fields.map((field) => readingFields[field].label).join(', ')}): run npm run audit:verify`,
      ]

/** SHA-256 of the parts of a verdict that count: what the engineer saw and what is sent must have the same hash. */
export function hashVerdict(qualification: Qualification): string {
  return createHash('sha256')
    .update(JSON.stringify(comparableVerdict(qualification)))
    .digest('hex')
}

/** Which findings changed between two verdicts, in words. */
export const verdictDifferences = differences

/**
 * Judges devices again for the device list. Called by every service that changes what a rule depends on, with the devices
 * locked.
 */
export const refreshVerdicts = (db: Db, deviceIds: readonly string[], now: Date): Promise<void> =>
  judgeForList(db, deviceIds, now)

/** The same for devices that are not locked: one that changes meanwhile is judged again. */
export const refreshStale = (db: Db, stale: readonly StaleVerdict[], now: Date): Promise<void> => {
  const versions = new Map(stale.map(({ deviceId, version }) => [deviceId, version]))
  return judgeForList(db, [...versions.keys()], now, versions)
}

async function judgeForList(
  db: Db,
  deviceIds: readonly string[],
  now: Date,
  versions?: ReadonlyMap<string, string>,
): Promise<void> {
  const lab = await getLabSettings(db)
  const known = await getIssueSet(db)
  for (const device of await findDeviceRows(db, deviceIds)) {
    const facts = await getDeviceFacts(db, device)
    const state = await recordedState(db, device.id)
    await putDeviceVerdict(
      db,
      listedVerdict(
        device.id,
        qualify({ device: facts, state, settings: lab, known, now, ...plainPlan }),
      ),
      versions?.get(device.id),
    )
  }
}

function listedVerdict(deviceId: string, qualification: Qualification) {
  const blocking = qualification.findings.filter(({ warnOnly }) => !warnOnly)
  const failing = blocking.filter(({ verdict }) => verdict === 'fail')
  const unknown = blocking.filter(({ verdict }) => verdict === 'unknown')
  const first = failing[0] ?? unknown[0]
  return {
    deviceId,
    overall: qualification.overall,
    reason: first ? listReason(first) : 'Every rule passes',
    failing: failing.length,
    unknown: unknown.length,
    warnings: qualification.warnings.length,
    ruleSetVersion: qualification.ruleSetVersion,
    judgedAt: qualification.judgedAt,
    staleAt: qualification.staleAt ?? null,
  }
}
