import { and, asc, desc, eq, inArray, isNull, lte, not } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { observations, outcomeDecisions, trialEvents, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { fullVersion, type OsIdentity, startedOn } from '@/lib/domain/device/os-identity'
import type { ConsumedStart } from '@/lib/domain/rules/rule'
import { liveTrialStates, releasableStates, trialTransitions } from '@/lib/domain/trial/trial'

export type Trial = typeof trials.$inferSelect
export type NewTrial = typeof trials.$inferInsert
export type TrialEvent = typeof trialEvents.$inferSelect
export type Observation = typeof observations.$inferSelect
export type OutcomeDecision = typeof outcomeDecisions.$inferSelect

export async function insertTrial(db: Db, trial: NewTrial): Promise<Trial> {
  const [inserted] = await db.insert(trials).values(trial).returning()
  if (!inserted) throw new Error('the trial was not written')
  return inserted
}

export async function findTrial(db: Db, trialId: string): Promise<Trial | undefined> {
  const [trial] = await db.select().from(trials).where(eq(trials.id, trialId))
  return trial
}

/** The trial's row, locked until the transaction ends. The device must be locked first, as everywhere, to avoid deadlocks. */
export async function lockTrial(db: Db, trialId: string): Promise<Trial | undefined> {
  const [trial] = await db.select().from(trials).where(eq(trials.id, trialId)).for('update')
  return trial
}

export async function updateTrial(
  db: Db,
  trialId: string,
  set: Partial<NewTrial>,
): Promise<Trial | undefined> {
  const [updated] = await db.update(trials).set(set).where(eq(trials.id, trialId)).returning()
  return updated
}

/** The live trial of a device, if there is one. */
export async function findLiveTrial(db: Db, deviceId: string): Promise<Trial | undefined> {
  const [trial] = await db
    .select()
    .from(trials)
    .where(and(eq(trials.deviceId, deviceId), inArray(trials.state, [...liveTrialStates])))
  return trial
}

export async function listTrialsOfDevice(db: Db, deviceId: string): Promise<Trial[]> {
  return db.select().from(trials).where(eq(trials.deviceId, deviceId)).orderBy(desc(trials.number))
}

/** The baselines that trials on this device have consumed, other than the given trial. */
export async function listConsumedBaselines(
  db: Db,
  deviceId: string,
  exceptTrialId?: string,
): Promise<ConsumedStart[]> {
  const consumed = await db
    .select({
      id: trials.id,
      number: trials.number,
      startBuild: trials.startBuild,
      startOs: trials.startOs,
      startingState: trials.startingState,
    })
    .from(trials)
    .where(and(eq(trials.deviceId, deviceId), eq(trials.consumed, true)))
  return consumed.flatMap(({ id, number, ...start }) =>
    start.startBuild === null || id === exceptTrialId
      ? []
      : [{ ...startedOn(start), build: start.startBuild, trial: `T-${number}` }],
  )
}

/** The devices with a live trial, in the order in which rows must be locked. */
export async function listDevicesWithLiveTrial(db: Db): Promise<string[]> {
  const rows = await db
    .selectDistinct({ deviceId: trials.deviceId })
    .from(trials)
    .where(inArray(trials.state, [...liveTrialStates]))
    .orderBy(trials.deviceId)
  return rows.map(({ deviceId }) => deviceId)
}

/** Trials under observation, those sent first at the front. */
export async function listObservingTrials(db: Db): Promise<Trial[]> {
  return db.select().from(trials).where(eq(trials.state, 'observing')).orderBy(asc(trials.sentAt))
}

/** Trials whose deadline has passed and is not recorded yet. */
export async function listOverdueTrials(db: Db, now: Date): Promise<Trial[]> {
  const recorded = db
    .select({ id: trialEvents.trialId })
    .from(trialEvents)
    .where(eq(trialEvents.kind, 'deadlinePassed'))
  return db
    .select()
    .from(trials)
    .where(
      and(
        eq(trials.state, 'observing'),
        lte(trials.deadlineAt, now),
        not(inArray(trials.id, recorded)),
      ),
    )
}

/** Trials on a device that have not sent anything and end as lost when its OS changes. */
export async function listUnsentTrials(db: Db, deviceId: string): Promise<Trial[]> {
  return db
    .select()
    .from(trials)
    .where(
      and(eq(trials.deviceId, deviceId), inArray(trials.state, [...trialTransitions.lost.from])),
    )
}

export async function insertTrialEvent(
  db: Db,
  event: typeof trialEvents.$inferInsert,
): Promise<void> {
  await db.insert(trialEvents).values(event)
}

export async function listTrialEvents(db: Db, trialId: string): Promise<TrialEvent[]> {
  return db
    .select()
    .from(trialEvents)
    .where(eq(trialEvents.trialId, trialId))
    .orderBy(asc(trialEvents.id))
}

/** Stores an observation; undefined if its nonce was stored before, so that pressing Save twice stores one row. */
export async function insertObservation(
  db: Db,
  observation: typeof observations.$inferInsert,
): Promise<Observation | undefined> {
  const [inserted] = await db
    .insert(observations)
    .values(observation)
    .onConflictDoNothing({ target: observations.nonce })
    .returning()
  return inserted
}

export async function findObservation(db: Db, id: number): Promise<Observation | undefined> {
  const [observation] = await db.select().from(observations).where(eq(observations.id, id))
  return observation
}

/** The entry of a trial that was sent with this nonce. */
export async function findObservationSent(
  db: Db,
  trialId: string,
  nonce: string,
): Promise<Observation | undefined> {
  const [observation] = await db
    .select()
    .from(observations)
    .where(and(eq(observations.trialId, trialId), eq(observations.nonce, nonce)))
  return observation
}

export async function listObservations(db: Db, trialId: string): Promise<Observation[]> {
  return db
    .select()
    .from(observations)
    .where(eq(observations.trialId, trialId))
    .orderBy(asc(observations.observedAt), asc(observations.id))
}

export async function insertOutcomeDecision(
  db: Db,
  decision: typeof outcomeDecisions.$inferInsert,
): Promise<void> {
  await db.insert(outcomeDecisions).values(decision)
}

export async function findOutcomeDecision(
  db: Db,
  trialId: string,
): Promise<OutcomeDecision | undefined> {
  const [decision] = await db
    .select()
    .from(outcomeDecisions)
    .where(eq(outcomeDecisions.trialId, trialId))
    .orderBy(desc(outcomeDecisions.id))
    .limit(1)
  return decision
}

/** Every decision on a trial's outcome, taken-back and corrected ones too; the oldest first, the last one is in force. */
export async function listOutcomeDecisions(db: Db, trialId: string): Promise<OutcomeDecision[]> {
  return db
    .select()
    .from(outcomeDecisions)
    .where(eq(outcomeDecisions.trialId, trialId))
    .orderBy(asc(outcomeDecisions.id))
}

/** The OS on which a trial's device was first seen after a change, and when. */
export type TrialEnd = { os: OsIdentity; seenAt: Date }

const endColumns = (end: TrialEnd | undefined) => ({
  endOs: (end && fullVersion(end.os)) ?? null,
  endBuild: end?.os.build ?? null,
  endSupplementalBuild: end?.os.supplementalBuild ?? null,
  endSeenAt: end?.seenAt ?? null,
})

/** Records the end of a trial under way; a later sighting does not change it. */
export async function recordEnd(db: Db, trialId: string, end: TrialEnd): Promise<void> {
  await db
    .update(trials)
    .set(endColumns(end))
    .where(and(eq(trials.id, trialId), eq(trials.state, 'observing'), isNull(trials.endSeenAt)))
}

/** Puts another end, or none, in the place of the one that rested on a sighting which has changed. */
export async function replaceEnd(
  db: Db,
  trialId: string,
  end: TrialEnd | undefined,
): Promise<void> {
  await db.update(trials).set(endColumns(end)).where(eq(trials.id, trialId))
}

/** Trials of one environment in which a command may be released, those armed first at the front. */
export async function listLiveTrials(
  db: Db,
  environment: Environment,
  limit: number,
): Promise<Trial[]> {
  return db
    .select()
    .from(trials)
    .where(
      and(
        eq(trials.simulated, environment === 'simulated'),
        inArray(trials.state, [...releasableStates]),
      ),
    )
    .orderBy(asc(trials.armedAt))
    .limit(limit)
}
