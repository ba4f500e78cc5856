import {
  and,
  asc,
  desc,
  eq,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  ne,
  or,
  sql,
} from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { commandEvents, commands } from '@/lib/db/schema/schema'
import { statement } from '@/lib/db/statements'
import {
  type CommandState,
  enforcementType,
  mayActStates,
  nextNotes,
  onTheWayStates,
  type RequestType,
  tellsOfUnasked,
  withServerStates,
} from '@/lib/domain/trial/command-slot'

export type Command = typeof commands.$inferSelect
/** A command of the MDM protocol, which a device answers by its CommandUUID; a declaration is none. */
export type PlistCommand = Command & { requestType: RequestType }
export const isPlistCommand = (command: Command): command is PlistCommand =>
  command.requestType !== enforcementType
export type NewCommand = typeof commands.$inferInsert
export type CommandEvent = typeof commandEvents.$inferSelect

/** The rows for which `isOpenCommand` of lib/domain is true. */
export const isOpen = or(
  inArray(commands.state, [...onTheWayStates]),
  and(
    inArray(commands.state, [...withServerStates]),
    isNull(commands.answeredAt),
    isNull(commands.withdrawnAt),
  ),
)

export async function insertCommand(db: Db, command: NewCommand): Promise<Command> {
  const [inserted] = await db.insert(commands).values(command).returning()
  if (!inserted) throw new Error('the command was not written')
  return inserted
}

export async function findCommand(db: Db, commandUuid: string): Promise<Command | undefined> {
  const [command] = await db.select().from(commands).where(eq(commands.commandUuid, commandUuid))
  return command
}

const locking = statement((db, { commandUuid }: { commandUuid: string }) =>
  db.select().from(commands).where(eq(commands.commandUuid, commandUuid)).for('update'),
)

/** The command's row, locked until the transaction ends. */
export async function lockCommand(db: Db, commandUuid: string): Promise<Command | undefined> {
  const [command] = await locking(db, { commandUuid })
  return command
}

export async function findSlotCommand(
  db: Db,
  trialId: string,
  ordinal: number,
): Promise<Command | undefined> {
  const [command] = await db
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.trialId, trialId),
        eq(commands.slotOrdinal, ordinal),
        eq(commands.purpose, 'intervention'),
      ),
    )
  return command
}

/** The open command of a device, unless it is `exceptUuid`; there is at most one. */
export async function findOpenCommand(
  db: Db,
  deviceId: string,
  exceptUuid?: string,
): Promise<Command | undefined> {
  const [command] = await db
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.deviceId, deviceId),
        isOpen,
        exceptUuid === undefined ? undefined : ne(commands.commandUuid, exceptUuid),
      ),
    )
  return command
}

/** The queries that a person's request led to on a device since an instant, oldest first. */
export async function listQueriesSince(
  db: Db,
  deviceId: string,
  reservedById: string,
  since: Date,
): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.deviceId, deviceId),
        eq(commands.purpose, 'probe'),
        eq(commands.reservedById, reservedById),
        gte(commands.reservedAt, since),
      ),
    )
    .orderBy(asc(commands.reservedAt))
}

/** When the last command or declaration was sent to a device, or may have been, and the last declaration settled; undefined if none was. */
export async function lastInterventions(
  db: Db,
  deviceId: string,
): Promise<{ lastCommandAt: Date | undefined; lastDeclarationAt: Date | undefined }> {
  const rows = await db
    .select({
      requestType: commands.requestType,
      sentAt: max(commands.sendingAt),
      settledAt: max(commands.settledAt),
    })
    .from(commands)
    .where(
      and(
        eq(commands.deviceId, deviceId),
        eq(commands.purpose, 'intervention'),
        inArray(commands.state, [...mayActStates]),
        isNotNull(commands.sendingAt),
      ),
    )
    .groupBy(commands.requestType)
  const declared = rows.find(({ requestType }) => requestType === enforcementType)
  return {
    lastCommandAt: newest(rows.map(({ sentAt }) => sentAt)),
    lastDeclarationAt: declared && newest([declared.sentAt, declared.settledAt]),
  }
}

const newest = (times: readonly (Date | null)[]): Date | undefined =>
  times.filter((at) => at !== null).sort((a, b) => +b - +a)[0]

/** Compare-and-set: undefined if the command is no longer in one of the states `from`. */
export async function moveCommand(
  db: Db,
  commandUuid: string,
  from: CommandState[],
  set: Partial<NewCommand> & { state: CommandState },
): Promise<Command | undefined> {
  const [moved] = await db
    .update(commands)
    .set(set)
    .where(and(eq(commands.commandUuid, commandUuid), inArray(commands.state, from)))
    .returning()
  return moved
}

type CommandFacts = Omit<Partial<NewCommand>, 'state' | 'commandUuid'>
const updating = statement((db, { commandUuid, ...set }: CommandFacts & { commandUuid: string }) =>
  db.update(commands).set(set).where(eq(commands.commandUuid, commandUuid)),
)

/** Stores facts about a command that do not change its state: answers, pushes, withdrawals. */
export async function updateCommand(db: Db, commandUuid: string, set: CommandFacts): Promise<void> {
  await updating(db, { ...set, commandUuid })
}

/** Counts one more NotNow or answer; in the database, so that no count is lost between two readers. */
export async function countAnswer(
  db: Db,
  commandUuid: string,
  column: 'answerCount' | 'notNowCount',
): Promise<void> {
  await db
    .update(commands)
    .set({ [column]: sql`${commands[column]} + 1` })
    .where(eq(commands.commandUuid, commandUuid))
}

/** The commands that are due on one server: update commands before queries, then the oldest first. */
export async function listDueCommands(
  db: Db,
  mdmServerId: string,
  now: Date,
  limit = 50,
): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(
      and(
        eq(commands.state, 'reserved'),
        lte(commands.holdEndsAt, now),
        eq(commands.mdmServerId, mdmServerId),
      ),
    )
    .orderBy(sql`${commands.purpose} = 'probe'`, asc(commands.holdEndsAt))
    .limit(limit)
}

/** Commands whose sending began before that and was never settled, as their process died. */
export async function listStrandedCommands(
  db: Db,
  before: { command: Date; declaration: Date },
): Promise<Command[]> {
  const limit = sql`case when ${commands.requestType} = ${enforcementType} then ${before.declaration.toISOString()}::timestamptz else ${before.command.toISOString()}::timestamptz end`
  return db
    .select()
    .from(commands)
    .where(and(eq(commands.state, 'sending'), lt(commands.sendingAt, limit)))
}

export async function listCommandsOfTrial(db: Db, trialId: string): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(eq(commands.trialId, trialId))
    .orderBy(asc(commands.reservedAt), asc(commands.commandUuid))
}

export async function listCommandsOfDevice(
  db: Db,
  deviceId: string,
  limit = 20,
): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(eq(commands.deviceId, deviceId))
    .orderBy(desc(commands.reservedAt))
    .limit(limit)
}

type NewCommandEvent = typeof commandEvents.$inferInsert
const insertingEvent = statement((db, event: NewCommandEvent) =>
  db.insert(commandEvents).values(event),
)

export async function insertCommandEvent(db: Db, event: NewCommandEvent): Promise<void> {
  await insertingEvent(db, event)
}

export async function listCommandEvents(
  db: Db,
  commandUuids: readonly string[],
): Promise<CommandEvent[]> {
  if (commandUuids.length === 0) return []
  return db
    .select()
    .from(commandEvents)
    .where(inArray(commandEvents.commandUuid, [...commandUuids]))
    .orderBy(asc(commandEvents.id))
}

/** For each of these commands whose follow-up queries are waiting or were not sent, that in words. */
export async function listUnaskedNotes(
  db: Db,
  commandUuids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const events = await listCommandEvents(db, commandUuids)
  const latest = new Map<string, CommandEvent>()
  for (const event of events)
    if (nextNotes.some((kind) => kind === event.kind)) latest.set(event.commandUuid, event)
  const notes = [...latest.values()].filter(({ kind }) => tellsOfUnasked(kind))
  return new Map(notes.map(({ commandUuid, text }) => [commandUuid, text ?? '']))
}

/** Cancels the commands that a trial has reserved and not sent. */
export async function cancelReserved(
  db: Db,
  trialId: string,
  now: Date,
  reason: string,
): Promise<void> {
  await db
    .update(commands)
    .set({ state: 'cancelled', settledAt: now, reason })
    .where(and(eq(commands.trialId, trialId), eq(commands.state, 'reserved')))
}
