import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { catalogueChanges } from '@/lib/domain/catalogue/changes'
import type { Environment } from '@/lib/domain/device/device'
import {
  type ChangeImpact,
  impactsOf,
  type KeptDevice,
  type PlannedTrial,
} from '@/lib/domain/planning/change-impact'
import { shownText } from '@/lib/domain/text/typed-text'
import { loadCatalogue, loadCatalogueBefore } from '../catalogue/facts'
import { isHeldAt, osVersionNow, tagOf } from './unused-devices'
import { listVerificationPlans } from './verification'

/** States in which nothing of a trial has been released: a change of the catalogue can still be answered. */
const plannedStates = ['draft', 'registered', 'armed'] as const

const place = {
  deviceId: devices.id,
  labTag: tagOf,
  modelIdentifier: devices.modelIdentifier,
  version: sql<string | null>`${osVersionNow}`,
}
const inUse = (environment: Environment) =>
  and(eq(devices.simulated, environment === 'simulated'), isNull(devices.retiredAt))

/** What the newest copies of the catalogue changed for the lab's models, and which plans each change touches. */
export async function listChangeImpacts(
  db: Db,
  environment: Environment,
  now: Date,
): Promise<ChangeImpact[]> {
  const [before, after, rows, kept, planned, radars] = await Promise.all([
    loadCatalogueBefore(db),
    loadCatalogue(db),
    db
      .select({ id: devices.id, model: devices.modelIdentifier })
      .from(devices)
      .where(inUse(environment)),
    listKept(db, environment, now),
    listPlanned(db, environment),
    listVerificationPlans(db, environment, now),
  ])
  const models = new Map(rows.flatMap(({ id, model }) => (model === null ? [] : [[id, model]])))
  const today = now.toISOString().slice(0, 10)
  return impactsOf(catalogueChanges(before, after, new Set(models.values()), today), {
    kept,
    trials: planned,
    radars: radars.map(({ radar, plan }) => ({
      ...{ id: radar.id, number: radar.number, plan, models },
    })),
  })
}

async function listKept(db: Db, environment: Environment, now: Date): Promise<KeptDevice[]> {
  const rows = await db
    .select({ ...place, reason: sql<string>`${devices.holdReason}` })
    .from(devices)
    .where(and(inUse(environment), isHeldAt(now)))
    .orderBy(asc(devices.id))
  return rows.map((row) => ({ ...row, labTag: shownText(row.labTag) }))
}

/** The version that the device offers under the key of the first command, where that names no version. */
const target = sql<
  string | null
>`coalesce(${protocolVersions.plan} #>> '{slots,0,productVersion}', ${protocolVersions.plan} #>> '{slots,0,targetVersion}', (
  select min(u ->> 'version') from current_readings r,
    jsonb_array_elements(case jsonb_typeof(r.value) when 'array' then r.value else '[]' end) u
  where r.device_id = ${devices.id} and r.field = 'availableUpdates'
    and u ->> 'productKey' = ${protocolVersions.plan} #>> '{slots,0,productKey}'))`

async function listPlanned(db: Db, environment: Environment): Promise<PlannedTrial[]> {
  const rows = await db
    .select({ ...place, id: trials.id, number: trials.number, state: trials.state, target })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(and(inUse(environment), inArray(trials.state, [...plannedStates])))
    .orderBy(asc(trials.number))
  return rows.map((row) => ({ ...row, labTag: shownText(row.labTag) }))
}
