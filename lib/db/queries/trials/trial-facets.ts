import { and, asc, eq, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { World } from '@/lib/domain/device/device'
import { listStartVersions } from './trial-list'
import { targetOf } from './trial-where'

/** What trials of one world can be narrowed to. */
export type TrialFacets = {
  versions: string[]
  models: { value: string; label: string }[]
  protocols: { value: string; label: string }[]
  targets: string[]
}

export async function listTrialFacets(db: Db, world: World): Promise<TrialFacets> {
  const [versions, models, protocols, targets] = await Promise.all([
    listStartVersions(db, world),
    listModels(db, world),
    listTitles(db, world),
    listTargets(db, world),
  ])
  return { versions, models, protocols, targets }
}

const ofWorld = (world: World) => eq(trials.simulated, world === 'simulated')

async function listModels(db: Db, world: World) {
  const rows = await db
    .select({ value: devices.modelIdentifier, name: sql<string | null>`min(${devices.modelName})` })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .where(and(ofWorld(world), isNotNull(devices.modelIdentifier)))
    .groupBy(devices.modelIdentifier)
    .orderBy(asc(devices.modelIdentifier))
  return rows.flatMap(({ value, name }) =>
    value === null ? [] : [{ value, label: name ? `${name} (${value})` : value }],
  )
}

/** By the newest of the titles a protocol has had among these trials. */
async function listTitles(db: Db, world: World) {
  const { protocolId, version, plan } = protocolVersions
  const newest = sql<string>`(array_agg(${plan} ->> 'title' order by ${version} desc))[1]`
  return db
    .select({ value: protocolId, label: newest })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(ofWorld(world))
    .groupBy(protocolId)
    .orderBy(newest)
}

async function listTargets(db: Db, world: World) {
  const rows = await db
    .selectDistinct({ target: targetOf })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(ofWorld(world))
    .orderBy(asc(targetOf))
  return rows.flatMap(({ target }) => (target === null ? [] : [target]))
}
