import { type DrizzleAdapterConfig, drizzleAdapter } from 'better-auth/adapters/drizzle'
import type { BetterAuthOptions, DBAdapter, Where } from 'better-auth/types'
import type { Db } from '../db/client'
import { findPerson } from '../db/queries/people/users'
import { transact } from '../db/transact'
import { type Actor, systemActor } from '../domain/account/permissions'

/** Whose column it is by which a row of better-auth belongs to a person. */
const ownerFields: Record<string, string> = {
  user: 'id',
  session: 'userId',
  account: 'userId',
  twoFactor: 'userId',
}

/**
 * better-auth's own way to the database, with each write named: the audit trail says which person opened or
 * ended a session or changed a second factor, not that the program did. A person's own requests are all
 * that reaches better-auth here; what it clears away by itself, a session that is over, is the program's.
 */
export const namedAdapter =
  (db: Db, config: Omit<DrizzleAdapterConfig, 'transaction'>) =>
  (options: BetterAuthOptions): DBAdapter<BetterAuthOptions> => {
    const on = (at: Db) => drizzleAdapter(at, config)(options)
    const plain = on(db)
    const write = async <T>(who: Promise<Actor>, run: (adapter: typeof plain) => Promise<T>) =>
      transact(db, await who, (tx) => run(on(tx)))
    const ownerOf = async ({ model, where }: { model: string; where: Where[] }): Promise<Actor> => {
      const field = ownerFields[model]
      const row = field && (await plain.findOne<Record<string, unknown>>({ model, where }))
      if (!row || isOver(row)) return systemActor
      return actorOf(db, row[field])
    }
    return {
      ...plain,
      create: (asked) =>
        write(actorOf(db, Reflect.get(asked.data, ownerFields[asked.model] ?? '')), (adapter) =>
          adapter.create(asked),
        ),
      update: (asked) => write(ownerOf(asked), (adapter) => adapter.update(asked)),
      updateMany: (asked) => write(ownerOf(asked), (adapter) => adapter.updateMany(asked)),
      delete: (asked) => write(ownerOf(asked), (adapter) => adapter.delete(asked)),
      deleteMany: (asked) => write(ownerOf(asked), (adapter) => adapter.deleteMany(asked)),
      transaction: (run) => db.transaction((tx) => run(namedAdapter(tx, config)(options))),
    }
  }

/** Sessions only have an end of that name. */
const isOver = ({ expiresAt }: Record<string, unknown>) =>
  expiresAt instanceof Date && expiresAt <= new Date()

async function actorOf(db: Db, personId: unknown): Promise<Actor> {
  const person = typeof personId === 'string' ? await findPerson(db, personId) : undefined
  return person ? { id: person.id, name: person.name, role: person.role } : systemActor
}
