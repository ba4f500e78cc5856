import { and, asc, desc, eq, inArray, ne, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { radarEvents, radars } from '@/lib/db/schema/radars'
import { contradictions, devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { factorSql } from '@/lib/db/schema/trial-factors'
import { type Environment, familyOf } from '@/lib/domain/device/device'
import { type RadarState, type TrialEvidence, verdictKinds } from '@/lib/domain/radar/radar'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import { stillStands } from '../events/contradiction-standings'

export type Radar = typeof radars.$inferSelect
export type RadarEvent = typeof radarEvents.$inferSelect
type NewRadar = Pick<
  typeof radars.$inferInsert,
  'trialId' | 'contradictionId' | 'platform' | 'startVersion' | 'createdAt' | 'simulated'
>

/** Adds a radar without events; the database copies what it is about from the contradiction or the trial. */
export async function insertRadar(db: Db, radar: NewRadar): Promise<Radar> {
  const [inserted] = await db.insert(radars).values(radar).returning()
  if (!inserted) throw new Error('the radar was not written')
  return inserted
}

export async function insertRadarEvent(
  db: Db,
  event: typeof radarEvents.$inferInsert,
): Promise<void> {
  await db.insert(radarEvents).values(event)
}

export async function findRadar(db: Db, radarId: string): Promise<Radar | undefined> {
  const [found] = await db.select().from(radars).where(eq(radars.id, radarId))
  return found
}

/** The radar, so that of two changes at once the second sees the first. The app's role cannot lock a row it must not change. */
export async function lockRadar(db: Db, radarId: string): Promise<Radar | undefined> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${radarId}, 0))`)
  return findRadar(db, radarId)
}

/** Another radar of the same environment with this number; undefined if there is none. */
export async function findRadarByNumber(
  db: Db,
  { simulated, id }: Pick<Radar, 'simulated' | 'id'>,
  filedNumber: string,
): Promise<Radar | undefined> {
  const [found] = await db
    .select()
    .from(radars)
    .where(
      and(eq(radars.simulated, simulated), eq(radars.filedNumber, filedNumber), ne(radars.id, id)),
    )
  return found
}

/** The maximum number that the list shows. */
export const maxRadars = 200

/** The radars of one environment, the newest first, with the trial each was written from. */
export async function listRadars(db: Db, environment: Environment, states?: readonly RadarState[]) {
  return db
    .select({ radar: radars, trialNumber: trials.number })
    .from(radars)
    .leftJoin(trials, eq(trials.id, radars.trialId))
    .where(
      and(
        eq(radars.simulated, environment === 'simulated'),
        states && inArray(radars.state, [...states]),
      ),
    )
    .orderBy(desc(radars.number))
    .limit(maxRadars)
}

/** The life of a radar, the oldest event first. */
export async function listRadarEvents(db: Db, radarId: string): Promise<RadarEvent[]> {
  return db
    .select()
    .from(radarEvents)
    .where(eq(radarEvents.radarId, radarId))
    .orderBy(asc(radarEvents.id))
}

/** The radars that were written from a trial, or whose changes name it. */
export async function listRadarsOfTrial(db: Db, trialId: string) {
  return db
    .select({ id: radars.id, number: radars.number, title: radars.title, state: radars.state })
    .from(radars)
    .where(
      sql`${radars.trialId} = ${trialId} or exists (
        select from ${radarEvents} where ${radarEvents.radarId} = ${radars.id} and ${radarEvents.trialIds} @> array[${trialId}::uuid])`,
    )
    .orderBy(asc(radars.number))
}

/** A radar with a verdict that rests on this trial; undefined if there is none. */
export async function findRadarVerdictOn(db: Db, trialId: string) {
  const [found] = await db
    .select({ number: radars.number })
    .from(radarEvents)
    .innerJoin(radars, eq(radars.id, radarEvents.radarId))
    .where(
      and(
        sql`${radarEvents.trialIds} @> array[${trialId}::uuid]`,
        inArray(radarEvents.kind, [...verdictKinds]),
      ),
    )
    .limit(1)
  return found
}

export async function findContradiction(db: Db, id: number) {
  const [found] = await db
    .select()
    .from(contradictions)
    .where(and(eq(contradictions.id, id), stillStands))
  return found
}

export type NamedTrial = TrialEvidence & { id: string; outcome: string | null }

/** Trials as a radar is compared with them: their start, and whether their replies show its contradiction. */
export async function listTrialEvidence(
  db: Db,
  trialIds: readonly string[],
  contradictionId: number | null,
): Promise<NamedTrial[]> {
  if (trialIds.length === 0) return []
  const rows = await db
    .select({
      id: trials.id,
      number: trials.number,
      state: trials.state,
      outcome: trials.outcome,
      simulated: trials.simulated,
      platform: devices.platform,
      startOs: trials.startOs,
      // Rendered from the values of lib/domain/trial/mechanism.
      mechanism: sql<Mechanism>`${factorSql.mechanism}`,
      compared: sql<boolean>`exists (select from reply_checks k, contradictions c
        where c.id = ${contradictionId} and k.trial_id = ${trials.id} and c.out_of = any (k.judged))`,
      shown: sql<boolean>`exists (select from contradictions c, contradictions o
        where c.id = ${contradictionId} and o.trial_id = ${trials.id} and o.fingerprint = c.fingerprint and stands(o.id))
        or exists (select from reply_checks k, contradictions c
        where c.id = ${contradictionId} and k.trial_id = ${trials.id} and c.fingerprint = any (k.found))`,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(inArray(trials.id, [...trialIds]))
    .orderBy(asc(trials.number))
  return rows.map(({ compared, shown, platform, ...trial }) => ({
    ...trial,
    family: familyOf(platform),
    contradiction: contradictionId === null ? undefined : { compared, shown },
  }))
}

/** The number of a trial in one environment → its ID; numbers that no trial has are missing. */
export async function findTrialsByNumber(
  db: Db,
  environment: Environment,
  numbers: readonly number[],
): Promise<Map<number, string>> {
  if (numbers.length === 0) return new Map()
  const rows = await db
    .select({ id: trials.id, number: trials.number })
    .from(trials)
    .where(
      and(eq(trials.simulated, environment === 'simulated'), inArray(trials.number, [...numbers])),
    )
  return new Map(rows.map(({ id, number }) => [number, id]))
}
