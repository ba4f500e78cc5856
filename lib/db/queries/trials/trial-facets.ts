import { and, asc, eq, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { listStartVersions } from './trial-list'
import { targetOf } from './trial-where'

/** What trials of one environment can be narrowed to. */
export type TrialFacets = {
  versions: string[]
  models: { value: string; label: string }[]
  protocols: { value: string; label: string }[]
  targets: string[]
}

export async function listTrialFacets(db: Db, environment: Environment): Promise<TrialFacets> {
  const [versions, models, protocols, targets] = await Promise.all([
    listStartVersions(db, environment),
    listModels(db, environment),
    listTitles(db, environment),
    listTargets(db, environment),
  ])
  return { versions, models, protocols, targets }
}

const ofEnvironment = (environment: Environment) =>
  eq(trials.simulated, environment === 'simulated')

async function listModels(db: Db, environment: Environment) {
  const rows = await db
    .select({ value: devices.modelIdentifier, name: sql<string | null>`min(${devices.modelName})` })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .where(and(ofEnvironment(environment), isNotNull(devices.modelIdentifier)))
    .groupBy(devices.modelIdentifier)
    .orderBy(asc(devices.modelIdentifier))
  return rows.flatMap(({ value, name }) =>
    value === null ? [] : [{ value, label: name ? `${name} (${value})` : value }],
  )
}

/** By the newest of the titles a protocol has had among these trials. */
async function listTitles(db: Db, environment: Environment) {
  const { protocolId, version, plan } = protocolVersions
  const newest = sql<string>`(array_agg(${plan} ->> 'title' order by ${version} desc))[1]`
  return db
    .select({ value: protocolId, label: newest })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(ofEnvironment(environment))
    .groupBy(protocolId)
    .orderBy(newest)
}

async function listTargets(db: Db, environment: Environment) {
  const rows = await db
    .selectDistinct({ target: targetOf })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(ofEnvironment(environment))
    .orderBy(asc(targetOf))
  return rows.flatMap(({ target }) => (target === null ? [] : [target]))
}
