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
 * which devices; with the ID of one, for that device alone.
 */
export async function listVerificationPlans(
  db: Db,
  environment: Environment,
  now: Date,
  deviceId?: string,
): Promise<PlannedRadar[]> {
  const rows = await listRadars(db, environment, openRadarStates)
  if (rows.length === 0) return []
  const [devices, catalogue] = await Promise.all([
    listUnusedDevices(db, environment, now, deviceId),
    loadCatalogue(db),
  ])
  const radars = new Map(rows.map(({ radar }) => [radar.id, radar]))
  const plans = verificationPlans(
    [...radars.values()].map(({ id, platform, startVersion, claimedFix }) => ({
      ...{ id, platform, startVersion: startVersion ?? '', claimedFix: claimedFix ?? undefined },
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
    return radar ? [{ radar, plan }] : []
  })
}

/** The same as entries of a calendar: the radars whose day is known or estimated; with the ID of a device, those that it can check. */
export async function listVerificationEntries(
  db: Db,
  environment: Environment,
  now: Date,
  deviceId?: string,
): Promise<CalendarEntry[]> {
  const today = now.toISOString().slice(0, 10)
  const planned = await listVerificationPlans(db, environment, now, deviceId)
  return planned
    .filter(({ plan }) => deviceId === undefined || plan.devices.length > 0)
    .flatMap(({ radar, plan }) => {
      const named = { ...radar, changedAt: radar.changedAt ?? radar.createdAt }
      return verificationEntry(named, plan, today) ?? []
    })
}
