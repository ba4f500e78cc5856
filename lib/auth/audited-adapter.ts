import { type DrizzleAdapterConfig, drizzleAdapter } from 'better-auth/adapters/drizzle'
import type { BetterAuthOptions, DBAdapter, Where } from 'better-auth/types'
import type { Db } from '../db/client'
import { findPerson } from '../db/queries/people/users'
import { transact } from '../db/transact'
import { type Actor, systemActor } from '../domain/account/permissions'

/** The column of each better-auth model that holds the ID of the person a row belongs to. */
const ownerFields: Record<string, string> = {
  user: 'id',
  session: 'userId',
  account: 'userId',
  twoFactor: 'userId',
}

/**
 * better-auth's Drizzle adapter, with an actor for each write, so that the audit trail names the person who
 * opened or ended a session or changed a second factor. Only requests of the person themselves reach
 * better-auth here; an expired session, which better-auth removes by itself, is removed by the program.
 */
export const auditedAdapter =
  (db: Db, config: Omit<DrizzleAdapterConfig, 'transaction'>) =>
  (options: BetterAuthOptions): DBAdapter<BetterAuthOptions> => {
    const adapterOn = (at: Db) => drizzleAdapter(at, config)(options)
    const plain = adapterOn(db)
    const write = async <T>(who: Promise<Actor>, run: (adapter: typeof plain) => Promise<T>) =>
      transact(db, await who, (tx) => run(adapterOn(tx)))
    const ownerOf = async ({ model, where }: { model: string; where: Where[] }): Promise<Actor> => {
      const field = ownerFields[model]
      const row = field && (await plain.findOne<Record<string, unknown>>({ model, where }))
      if (!row || isExpired(row)) return systemActor
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
      transaction: (run) => db.transaction((tx) => run(auditedAdapter(tx, config)(options))),
    }
  }

/** Only sessions have a column `expiresAt`. */
const isExpired = ({ expiresAt }: Record<string, unknown>) =>
  expiresAt instanceof Date && expiresAt <= new Date()

async function actorOf(db: Db, personId: unknown): Promise<Actor> {
  const person = typeof personId === 'string' ? await findPerson(db, personId) : undefined
  return person ? { id: person.id, name: person.name, role: person.role } : systemActor
}
