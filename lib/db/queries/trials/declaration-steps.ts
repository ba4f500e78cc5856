import {
  and,
  asc,
  eq,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  lte,
  not,
  notExists,
  sql,
} from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { declarationRemovals, declarationStepRows } from '@/lib/db/schema/declaration-steps'
import { commands, devices, trials } from '@/lib/db/schema/schema'
import { enforcementType, onTheWayStates, withServerStates } from '@/lib/domain/trial/command-slot'
import { removalSteps } from '@/lib/domain/trial/declaration-step'
import { closedTrialStates } from '@/lib/domain/trial/trial'
import { inList } from '../../schema/rule-sql'
import type { Command } from './commands'

export type DeclarationStepRow = typeof declarationStepRows.$inferSelect
export type DeclarationRemoval = typeof declarationRemovals.$inferSelect

type NewStep = typeof declarationStepRows.$inferInsert

/** Writes that the set is about to be attached. The database refuses a second time: lib/db/sql/guards/guard_declaration_step.sql. */
export async function announceAttach(
  db: Db,
  step: NewStep & { step: 'attachSet'; outcome: 'leaving' },
): Promise<void> {
  await db.insert(declarationStepRows).values(step)
}

/** Writes how a step ended. Written again because the answer of the database was lost, an attach stands once. */
export async function recordDeclarationStep(db: Db, step: NewStep): Promise<void> {
  await db.insert(declarationStepRows).values(step).onConflictDoNothing()
}

/** The steps of these commands in the order in which they were made. */
export async function listDeclarationSteps(
  db: Db,
  commandUuids: readonly string[],
): Promise<DeclarationStepRow[]> {
  if (commandUuids.length === 0) return []
  return db
    .select()
    .from(declarationStepRows)
    .where(inArray(declarationStepRows.commandUuid, [...commandUuids]))
    .orderBy(asc(declarationStepRows.id))
}

export async function listRemovals(
  db: Db,
  commandUuids: readonly string[],
): Promise<DeclarationRemoval[]> {
  if (commandUuids.length === 0) return []
  return db
    .select()
    .from(declarationRemovals)
    .where(inArray(declarationRemovals.commandUuid, [...commandUuids]))
}

/** The removal of one declaration, locked until the transaction ends. */
export async function lockRemoval(
  db: Db,
  commandUuid: string,
): Promise<DeclarationRemoval | undefined> {
  const [row] = await db
    .select()
    .from(declarationRemovals)
    .where(eq(declarationRemovals.commandUuid, commandUuid))
    .for('update')
  return row
}

export type BeingTakenBack = Pick<Command, 'commandUuid' | 'deviceId'> &
  Pick<DeclarationRemoval, 'byName' | 'reason'>

/**
 * Declarations of an MDM server that are being taken back and still wait for their device, locked with their devices; and the
 * time of this transaction. To be called before the server is locked, as senders lock the device first.
 */
export async function lockBeingTakenBack(
  db: Db,
  serverId: string,
): Promise<{ waiting: BeingTakenBack[]; now: Date }> {
  const rows = await db
    .select({
      ...{ commandUuid: commands.commandUuid, deviceId: commands.deviceId },
      ...{ byName: declarationRemovals.byName, reason: declarationRemovals.reason },
    })
    .from(commands)
    .innerJoin(devices, eq(devices.id, commands.deviceId))
    .innerJoin(declarationRemovals, eq(declarationRemovals.commandUuid, commands.commandUuid))
    .where(
      and(
        eq(commands.mdmServerId, serverId),
        inArray(commands.state, [...withServerStates]),
        isNull(commands.answeredAt),
        isNull(commands.withdrawnAt),
        isNull(declarationRemovals.finishedAt),
      ),
    )
    .orderBy(asc(devices.id), asc(commands.commandUuid))
    .for('update')
  const [time] = await db.execute<{ now: string }>(sql`select now() as now`)
  if (!time) throw new Error('the database tells no time')
  return { waiting: rows, now: new Date(time.now) }
}

/** @returns false if the declaration is being taken back already */
export async function insertRemoval(
  db: Db,
  removal: typeof declarationRemovals.$inferInsert,
): Promise<boolean> {
  const rows = await db
    .insert(declarationRemovals)
    .values(removal)
    .onConflictDoNothing()
    .returning({ commandUuid: declarationRemovals.commandUuid })
  return rows.length > 0
}

export async function updateRemoval(
  db: Db,
  commandUuid: string,
  set: Partial<
    Pick<DeclarationRemoval, 'detachedAt' | 'finishedAt' | 'seenGoneAt' | 'seenGoneHow'>
  >,
): Promise<void> {
  await db
    .update(declarationRemovals)
    .set(set)
    .where(eq(declarationRemovals.commandUuid, commandUuid))
}

/** So many of each MDM server: one that cannot be reached must not keep those of another from their turn. */
const turnsPerServer = 20

/** The place of a command among those of its server: never tried first, then the one that was tried the longest ago. */
const turn = sql<number>`row_number() over (partition by ${commands.mdmServerId} order by (
    select max(s.at) from declaration_steps s
    where s.command_uuid = ${commands.commandUuid} and s.step in ${inList([...removalSteps, 'readBack'])}
  ) nulls first, ${commands.sendingAt})`

/** Declarations whose removal has not been carried out to its end. */
export async function listUnfinishedRemovals(db: Db): Promise<Command[]> {
  const turns = db
    .select({ commandUuid: commands.commandUuid, turn: turn.as('turn') })
    .from(declarationRemovals)
    .innerJoin(commands, eq(commands.commandUuid, declarationRemovals.commandUuid))
    .where(isNull(declarationRemovals.finishedAt))
    .as('turns')
  return db
    .select(getTableColumns(commands))
    .from(turns)
    .innerJoin(commands, eq(commands.commandUuid, turns.commandUuid))
    .where(lte(turns.turn, turnsPerServer))
    .orderBy(asc(turns.turn))
}

/** Declarations of ended trials that may have left something on their server, and are not being taken back. */
export async function listLeftByEndedTrials(db: Db, limit = 20): Promise<Command[]> {
  const rows = await db
    .select({ command: commands })
    .from(commands)
    .innerJoin(trials, eq(trials.id, commands.trialId))
    .where(
      and(
        eq(commands.requestType, enforcementType),
        not(inArray(commands.state, [...onTheWayStates])),
        inArray(trials.state, [...closedTrialStates]),
        isNotNull(commands.sendingAt),
        notExists(
          db
            .select({ one: sql`1` })
            .from(declarationRemovals)
            .where(eq(declarationRemovals.commandUuid, commands.commandUuid)),
        ),
      ),
    )
    .limit(limit)
  return rows.map(({ command }) => command)
}

/** Declarations of which it is not known whether their set was attached. */
export async function listUnconfirmedDeclarations(db: Db): Promise<Command[]> {
  const turns = db
    .select({ commandUuid: commands.commandUuid, turn: turn.as('turn') })
    .from(commands)
    .where(
      and(
        eq(commands.requestType, enforcementType),
        eq(commands.state, 'unconfirmed'),
        isNull(commands.withdrawnAt),
      ),
    )
    .as('turns')
  return db
    .select(getTableColumns(commands))
    .from(turns)
    .innerJoin(commands, eq(commands.commandUuid, turns.commandUuid))
    .where(lte(turns.turn, turnsPerServer))
    .orderBy(asc(turns.turn))
}
