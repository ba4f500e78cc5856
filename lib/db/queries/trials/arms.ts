import { and, asc, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { armAssignments, armLists } from '@/lib/db/schema/arms'
import { protocolVersions, trials } from '@/lib/db/schema/schema'
import { planInArm } from '@/lib/domain/trial/arms'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { findProtocolVersion, type ProtocolVersion } from './protocols'
import type { Trial } from './trials'

export type ArmListRow = typeof armLists.$inferSelect

/** The seed of a version in one environment; undefined before the first random assignment. */
export async function findArmList(
  db: Db,
  protocolVersionId: string,
  simulated: boolean,
): Promise<ArmListRow | undefined> {
  const [list] = await db
    .select()
    .from(armLists)
    .where(
      and(eq(armLists.protocolVersionId, protocolVersionId), eq(armLists.simulated, simulated)),
    )
  return list
}

export async function insertArmList(
  db: Db,
  list: typeof armLists.$inferInsert,
): Promise<ArmListRow> {
  const [inserted] = await db.insert(armLists).values(list).returning()
  if (!inserted) throw new Error('the seed was not written')
  return inserted
}

/** How many positions of a stratum are used. */
export async function countAssigned(db: Db, listId: number, stratum: string): Promise<number> {
  const [last] = await db
    .select({ position: armAssignments.position })
    .from(armAssignments)
    .where(and(eq(armAssignments.listId, listId), eq(armAssignments.stratum, stratum)))
    .orderBy(desc(armAssignments.position))
    .limit(1)
  return last?.position ?? 0
}

/** Stores the arm of a trial. The database refuses a second one, and a position that is not the next. */
export async function insertArmAssignment(
  db: Db,
  assignment: Omit<typeof armAssignments.$inferInsert, 'simulated'>,
): Promise<void> {
  await db.insert(armAssignments).values(assignment)
}

/** The arm of a trial with the hash of the seed it was drawn from; undefined in a protocol without arms. */
export async function findArm(db: Db, trialId: string) {
  const [found] = await db
    .select({
      assignment: armAssignments,
      seedSha256: armLists.seedSha256,
      drawnBy: armLists.method,
    })
    .from(armAssignments)
    .leftJoin(armLists, eq(armLists.id, armAssignments.listId))
    .where(eq(armAssignments.trialId, trialId))
  return found && { ...found.assignment, seedSha256: found.seedSha256, drawnBy: found.drawnBy }
}

export type AssignedArm = NonNullable<Awaited<ReturnType<typeof findArm>>>

/** The version of a trial's protocol with the plan that its arm makes of it: what is judged, sent and shown. */
export async function findTrialVersion(
  db: Db,
  trial: Pick<Trial, 'id' | 'protocolVersionId'>,
): Promise<(ProtocolVersion & { arm: AssignedArm | undefined }) | undefined> {
  const [version, arm] = await Promise.all([
    findProtocolVersion(db, trial.protocolVersionId),
    findArm(db, trial.id),
  ])
  return version && { ...version, plan: planInArm(version.plan, arm?.arm), arm }
}

/** The plans that the arms of trials make of their protocols, by trial. */
export async function listTrialPlans(
  db: Db,
  trialIds: readonly string[],
): Promise<Map<string, ProtocolPlan>> {
  const rows = await db
    .select({ trialId: trials.id, plan: protocolVersions.plan, arm: armAssignments.arm })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .leftJoin(armAssignments, eq(armAssignments.trialId, trials.id))
    .where(inArray(trials.id, [...trialIds]))
  return new Map(rows.map(({ trialId, plan, arm }) => [trialId, planInArm(plan, arm ?? undefined)]))
}

/** Every assignment of a version in one environment, by stratum and position; those by choice come last. */
export async function listArmAssignments(db: Db, protocolVersionId: string, simulated: boolean) {
  return db
    .select({
      assignment: armAssignments,
      number: trials.number,
      state: trials.state,
      registration: trials.registration,
    })
    .from(armAssignments)
    .innerJoin(trials, eq(trials.id, armAssignments.trialId))
    .where(
      and(
        eq(armAssignments.protocolVersionId, protocolVersionId),
        eq(armAssignments.simulated, simulated),
      ),
    )
    .orderBy(asc(armAssignments.stratum), asc(armAssignments.position), asc(armAssignments.id))
}

/** How far the trials of each arm are, over all versions of a protocol, in each environment. */
export async function countArms(db: Db, protocolId: string) {
  const reached = (condition: ReturnType<typeof sql>) =>
    sql<number>`(count(*) filter (where ${condition}))::int`
  return db
    .select({
      arm: armAssignments.arm,
      simulated: armAssignments.simulated,
      atRandom: reached(sql`${armAssignments.method} = 'random'`),
      byChoice: reached(sql`${armAssignments.method} = 'choice'`),
      released: reached(sql`${trials.consumed}`),
      concluded: reached(sql`${trials.state} = 'concluded'`),
      ended: reached(sql`${trials.state} in ('withdrawn', 'void', 'lost')`),
    })
    .from(armAssignments)
    .innerJoin(trials, eq(trials.id, armAssignments.trialId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, armAssignments.protocolVersionId))
    .where(eq(protocolVersions.protocolId, protocolId))
    .groupBy(armAssignments.arm, armAssignments.simulated)
}
