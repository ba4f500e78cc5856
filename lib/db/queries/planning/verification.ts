import type { Db } from '@/lib/db/client'
import type { Environment } from '@/lib/domain/device/device'
import { releasesOf } from '@/lib/domain/planning/catalogue-releases'
import type { CalendarEntry } from '@/lib/domain/planning/lab-calendar'
import {
  type VerificationPlan,
  verificationPlans,
} from '@/lib/domain/planning/verification-calendar'
import { verificationEntry } from '@/lib/domain/planning/verification-words'
import { openRadarStates } from '@/lib/domain/radar/radar'
import { loadCatalogue } from '../catalogue/facts'
import { listRadars, type Radar } from '../radars/radars'
import { listUnusedDevices } from './unused-devices'

export type PlannedRadar = { radar: Radar; plan: VerificationPlan }

/**
 * Each filed radar of one environment that is neither a duplicate nor verified: when its fix can be checked, and with
 * which devices; with the ID of one, what that device can check.
 */
export async function listVerificationPlans(
  db: Db,
  environment: Environment,
  now: Date,
  deviceId?: string,
): Promise<PlannedRadar[]> {
  const rows = await listRadars(db, environment, openRadarStates)
  if (rows.length === 0) return []
  const unused = listUnusedDevices(db, environment, now, deviceId)
  // Most devices are used, and the page of each asks: the catalogue is the larger part.
  if (deviceId !== undefined && (await unused).length === 0) return []
  const [devices, catalogue] = await Promise.all([unused, loadCatalogue(db)])
  const radars = new Map(rows.map(({ radar }) => [radar.id, radar]))
  const plans = verificationPlans(
    [...radars.values()].map(({ id, platform, startVersion, claimedFix, fixMechanism }) => ({
      ...{ id, platform, startVersion: startVersion ?? '', claimedFix: claimedFix ?? undefined },
      fixMechanism: fixMechanism ?? undefined,
    })),
    releasesOf(catalogue),
    devices.map(({ startVersion: version, offered, ...device }) => ({
      ...device,
      version,
      offered: offered ?? [],
    })),
    now.toISOString().slice(0, 10),
  )
  return plans.flatMap((plan) => {
    const radar = radars.get(plan.radar)
    const isAsked = deviceId === undefined || plan.devices.length > 0
    return radar && isAsked ? [{ radar, plan }] : []
  })
}

/** The same as entries of a calendar: those whose day is known or estimated. */
export async function listVerificationEntries(
  db: Db,
  environment: Environment,
  now: Date,
  deviceId?: string,
): Promise<CalendarEntry[]> {
  const today = now.toISOString().slice(0, 10)
  const planned = await listVerificationPlans(db, environment, now, deviceId)
  return planned.flatMap(({ radar, plan }) => {
    const named = { ...radar, changedAt: radar.changedAt ?? radar.createdAt }
    return verificationEntry(named, plan, today) ?? []
  })
}
