import { and, asc, desc, eq, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { noneOf } from '@/lib/db/schema/rule-sql'
import { devices, outcomeDecisions, protocolVersions, trials } from '@/lib/db/schema/schema'
import { outcomeOpenings, secondReadings } from '@/lib/db/schema/second-readings'
import type { Environment } from '@/lib/domain/device/device'
import type { ReaderStanding } from '@/lib/domain/review/second-reading'
import type { ReadingPairs } from '@/lib/domain/statistics/agreement'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'

export type SecondReading = typeof secondReadings.$inferSelect & {
  /** The outcome that it is compared with. */
  first: string
}
export type OutcomeOpening = typeof outcomeOpenings.$inferSelect

/** A trial with its protocol. */
type Asked = { trial: { id: string }; version: { plan: ProtocolPlan } }

/** What the database adds: the decision, whether it agrees, and whether the reader was blinded. */
type NewReading = Omit<
  typeof secondReadings.$inferInsert,
  'id' | 'agrees' | 'unblindedBy' | 'simulated'
>

export async function insertSecondReading(db: Db, reading: NewReading) {
  const [inserted] = await db.insert(secondReadings).values(reading).returning()
  if (!inserted) throw new Error('the second reading was not written')
  return inserted
}

/** Enters once that this person opened the outcome. */
export async function insertOutcomeOpening(
  db: Db,
  opening: typeof outcomeOpenings.$inferInsert,
): Promise<void> {
  await db
    .insert(outcomeOpenings)
    .values(opening)
    .onConflictDoNothing({ target: [outcomeOpenings.trialId, outcomeOpenings.byId] })
}

/** The second reading of a trial; undefined while there is none. */
export async function findSecondReading(
  db: Db,
  trialId: string,
): Promise<SecondReading | undefined> {
  const [row] = await db
    .select({ reading: secondReadings, first: outcomeDecisions.decided })
    .from(secondReadings)
    .innerJoin(outcomeDecisions, eq(outcomeDecisions.id, secondReadings.decisionId))
    .where(eq(secondReadings.trialId, trialId))
  return row && { ...row.reading, first: row.first }
}

/** Who opened the outcome of a trial before its second reading, the first at the front. */
export const listOutcomeOpenings = (db: Db, trialId: string): Promise<OutcomeOpening[]> =>
  db
    .select()
    .from(outcomeOpenings)
    .where(eq(outcomeOpenings.trialId, trialId))
    .orderBy(asc(outcomeOpenings.id))

// A person's part in a row of `trials`. In a query of one table drizzle names its columns alone, and a subquery would take
// them for its own.
const decidedBy = (personId: string) => sql<boolean>`exists (
  select from outcome_decisions d where d.trial_id = trials.id and d.by_id = ${personId})`
const unblindingOf = (personId: string) => sql<ReaderStanding['unblinding']>`case
  when is_author_of(trials.id, ${personId}) then 'contributed'
  when exists (select from outcome_openings o where o.trial_id = trials.id and o.by_id = ${personId}) then 'opened' end`

/** How a person stands to the second reading of a trial; undefined if there is no such trial. */
export async function findReaderStanding(
  db: Db,
  trialId: string,
  personId: string,
): Promise<ReaderStanding | undefined> {
  const [row] = await db
    .select({
      // A trial that ended otherwise is never read, and nothing of it is withheld.
      asked: sql<boolean>`asks_second_reader(${trials.protocolVersionId})
        and ${noneOf(trials.state, ['withdrawn', 'void', 'lost'])}`,
      awaits: trials.outcomeAwaits,
      read: sql<boolean>`exists (select from second_readings r where r.trial_id = trials.id)`,
      decided: decidedBy(personId),
      unblinding: unblindingOf(personId),
    })
    .from(trials)
    .where(eq(trials.id, trialId))
  return row
}

/**
 * The same for a trial that is read with its protocol: undefined where that asks for no second reader. Few protocols do, so
 * the page of any other trial asks the database nothing.
 */
export async function findStandingIfAsked(
  db: Db,
  { trial, version }: Asked,
  personId: string,
): Promise<ReaderStanding | undefined> {
  return version.plan.secondReader ? findReaderStanding(db, trial.id, personId) : undefined
}

/** The most that a list of waiting trials shows. */
const maxWaiting = 200

/** Concluded trials of one environment whose outcome waits, the newest first, with the person's part in each. */
export const listWaitingOutcomes = (
  db: Db,
  {
    environment,
    filter,
    personId,
  }: { environment: Environment; filter: TrialFilter; personId: string },
) =>
  db
    .select({
      id: trials.id,
      number: trials.number,
      awaits: trials.outcomeAwaits,
      concludedAt: trials.concludedAt,
      labTag: devices.labTag,
      deviceName: devices.name,
      protocol: sql<string>`${protocolVersions.plan} ->> 'title'`,
      first: sql<
        string | null
      >`case when ${secondReadings.id} is not null then ${outcomeDecisions.decided} end`,
      second: secondReadings.outcome,
      decided: decidedBy(personId),
      read: sql<boolean>`coalesce(${secondReadings.byId} = ${personId}, false)`,
      unblinded: sql<boolean>`${unblindingOf(personId)} is not null`,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .leftJoin(secondReadings, eq(secondReadings.trialId, trials.id))
    .leftJoin(outcomeDecisions, eq(outcomeDecisions.id, secondReadings.decisionId))
    .where(and(trialsMatching(environment, filter), isNotNull(trials.outcomeAwaits)))
    .orderBy(desc(trials.number))
    .limit(maxWaiting)

/** How often one outcome was decided first and another, or the same, read second, in each protocol, under a filter. */
export const countReadingPairs = (
  db: Db,
  environment: Environment,
  filter: TrialFilter,
): Promise<ReadingPairs[]> =>
  db
    .select({
      protocolId: protocolVersions.protocolId,
      title: sql<string>`(array_agg(${protocolVersions.plan} ->> 'title' order by ${protocolVersions.version} desc))[1]`,
      first: outcomeDecisions.decided,
      second: secondReadings.outcome,
      blinded: sql<boolean>`${secondReadings.unblindedBy} is null`,
      pairs: sql<number>`count(*)::int`,
    })
    .from(secondReadings)
    .innerJoin(outcomeDecisions, eq(outcomeDecisions.id, secondReadings.decisionId))
    .innerJoin(trials, eq(trials.id, secondReadings.trialId))
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(trialsMatching(environment, filter))
    .groupBy(
      protocolVersions.protocolId,
      outcomeDecisions.decided,
      secondReadings.outcome,
      sql`${secondReadings.unblindedBy} is null`,
    )
