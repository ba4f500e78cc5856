import { and, desc, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { Db } from '../client'
import { devices, protocolVersions, trials } from '../schema/schema'
import { someFieldValueLike } from './devices/custom-fields'
import { listServers } from './servers/servers'
import { listProtocols } from './trials/protocols'

export type Found = {
  kind: 'device' | 'trial' | 'protocol' | 'server'
  id: string
  label: string
  detail: string
  /** The environment; undefined for a protocol, which belongs to both. */
  simulated: boolean | undefined
}

/** Results of each kind; the person narrows them by typing more. */
const max = 8

// Escapes LIKE's wildcards, so that a typed "%" means a percent sign.
const likePattern = (text: string) => `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`
const holding = (searched: SQL, text: string): SQL =>
  sql`lower(${searched}) like ${likePattern(text)}`

/**
 * Searches both environments: devices by tag, name, serial, ID, model or custom field; trials by number, device or protocol;
 * protocols by title or question; MDM servers by name, slug or URL. At most eight of each kind; nothing for an empty
 * text.
 */
export async function searchAll(db: Db, text: string): Promise<Found[]> {
  const wanted = text.trim()
  if (wanted === '') return []
  const [foundDevices, foundTrials, protocols, servers] = await Promise.all([
    searchDevices(db, wanted),
    searchTrials(db, wanted),
    listProtocols(db),
    listServers(db),
  ])
  const has = (words: string) => words.toLowerCase().includes(wanted.toLowerCase())
  return [
    ...foundTrials,
    ...foundDevices,
    ...protocols
      .filter(({ plan }) => has(`${plan.title} ${plan.question}`))
      .slice(0, max)
      .map(({ protocolId, plan, version }) => ({
        kind: 'protocol' as const,
        id: protocolId,
        label: plan.title,
        detail: `version ${version}`,
        simulated: undefined,
      })),
    ...servers
      .filter(({ name, slug, url }) => has(`${name} ${slug} ${url}`))
      .slice(0, max)
      .map(({ id, name, url, simulated }) => ({
        kind: 'server' as const,
        id,
        label: name,
        detail: url,
        simulated,
      })),
  ]
}

async function searchDevices(db: Db, text: string): Promise<Found[]> {
  const { labTag, name, serial, enrollmentId, modelIdentifier, modelName } = devices
  const searched = sql`concat_ws(' ', ${labTag}, ${name}, ${serial}, ${enrollmentId}, ${modelIdentifier}, ${modelName})`
  const rows = await db
    .select({ id: devices.id, labTag, name, modelName, serial, simulated: devices.simulated })
    .from(devices)
    .where(
      and(
        isNull(devices.retiredAt),
        or(holding(searched, text), someFieldValueLike(likePattern(text))),
      ),
    )
    .orderBy(devices.labTag, devices.id)
    .limit(max)
  return rows.map((row) => ({
    kind: 'device',
    id: row.id,
    label: [row.labTag, row.name].filter(Boolean).join(' · '),
    detail: [row.modelName, row.serial].filter(Boolean).join(' · '),
    simulated: row.simulated,
  }))
}

async function searchTrials(db: Db, text: string): Promise<Found[]> {
  const title = sql<string>`${protocolVersions.plan}->>'title'`
  const searched = sql`concat_ws(' ', 'T-' || ${trials.number}, ${devices.labTag}, ${devices.name}, ${title})`
  const rows = await db
    .select({
      id: trials.id,
      number: trials.number,
      labTag: devices.labTag,
      name: devices.name,
      title,
      simulated: trials.simulated,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(holding(searched, text))
    .orderBy(desc(trials.number))
    .limit(max)
  return rows.map((row) => ({
    kind: 'trial',
    id: row.id,
    label: `T-${row.number} · ${row.labTag ?? row.name}`,
    detail: row.title,
    simulated: row.simulated,
  }))
}
