import { sql } from 'drizzle-orm'
import type { Actor } from '../domain/account/permissions'
import type { Db } from './client'

/** The actor, and the reason they gave if the action requires one. */
export type Doer = Actor & { reason?: string | undefined }

/**
 * Runs a transaction in which the database knows who acts and why. Every service that writes uses it, so
 * that each row of the audit trail names a person. One transaction has one actor: a nested `transact` is a
 * savepoint under the outer actor.
 */
export function transact<T>(db: Db, doer: Doer, run: (tx: Db) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => {
    await nameActor(tx, doer)
    return run(tx)
  })
}

/** Sets the actor until the end of the transaction only, as the connection is used by others afterwards. */
async function nameActor(tx: Db, { id, name, role, reason }: Doer): Promise<void> {
  const actor = JSON.stringify({ id, name, role })
  await tx.execute(sql`
    select set_config('oneway.actor', case when current_setting('oneway.actor_named', true) = 'yes'
        then current_setting('oneway.actor') else ${actor} end, true),
      set_config('oneway.actor_named', 'yes', true),
      set_config('oneway.reason', coalesce(${reason ?? null}, current_setting('oneway.reason', true), ''), true)`)
}

/**
 * Lets several people act one after the other in this transaction: each change enters the audit trail as its statement
 * ends, under the actor of that moment, and no longer at the commit. Call it, like `endTurn`, on the outermost
 * transaction. What else is checked at the commit still is.
 */
export async function takeTurns(tx: Db): Promise<void> {
  await tx.execute(
    sql`set constraints audits_insert, audits_update, audits_delete, enters immediate`,
  )
}

/**
 * Ends one person's turn in a transaction of several people.
 * @param next acts from now on, until the next `transact` names its own actor
 */
export async function endTurn(tx: Db, { id, name, role }: Actor): Promise<void> {
  await tx.execute(sql`
    select set_config('oneway.actor', ${JSON.stringify({ id, name, role })}, true),
      set_config('oneway.actor_named', '', true), set_config('oneway.reason', '', true)`)
}
