import { and, eq, inArray, isNotNull, not } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { commands } from '@/lib/db/schema/schema'
import type { Command } from './commands'

/** Whether an update command was ever sent, or may have been. */
export async function hasSentIntervention(db: Db): Promise<boolean> {
  const [sent] = await db
    .select({ commandUuid: commands.commandUuid })
    .from(commands)
    .where(and(eq(commands.purpose, 'intervention'), isNotNull(commands.sendingAt)))
    .limit(1)
  return sent !== undefined
}

/** Of these commands, those whose sending the database knows of, whatever its result. */
export async function listKnownAsSent(db: Db, commandUuids: readonly string[]): Promise<string[]> {
  if (commandUuids.length === 0) return []
  const rows = await db
    .select({ commandUuid: commands.commandUuid })
    .from(commands)
    .where(
      and(
        inArray(commands.commandUuid, [...commandUuids]),
        not(inArray(commands.state, ['reserved', 'cancelled', 'lapsed'])),
      ),
    )
  return rows.map(({ commandUuid }) => commandUuid)
}

/** The commands and declarations in the slots of trials. */
export async function listSlotCommands(db: Db, trialIds: readonly string[]): Promise<Command[]> {
  return db
    .select()
    .from(commands)
    .where(and(inArray(commands.trialId, [...trialIds]), eq(commands.purpose, 'intervention')))
}
