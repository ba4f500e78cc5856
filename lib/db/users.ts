import { count, eq, sql } from 'drizzle-orm'
import type { Role } from '../domain/actor'
import type { Db } from './client'
import { users } from './schema'

export type Person = { id: string; name: string; email: string; role: Role; createdAt: Date }

const { id, name, email, role, createdAt } = users

export async function listPeople(db: Db): Promise<Person[]> {
  return db.select({ id, name, email, role, createdAt }).from(users).orderBy(name, id)
}

export async function findPerson(db: Db, personId: string): Promise<Person | undefined> {
  const [person] = await db
    .select({ id, name, email, role, createdAt })
    .from(users)
    .where(eq(users.id, personId))
  return person
}

/** By the address as better-auth keeps it: in lower case. */
export async function findPersonByEmail(db: Db, address: string): Promise<Person | undefined> {
  const [person] = await db
    .select({ id, name, email, role, createdAt })
    .from(users)
    .where(eq(users.email, address.toLowerCase()))
  return person
}

export async function countPeople(db: Db): Promise<number> {
  const [row] = await db.select({ n: count() }).from(users)
  return row?.n ?? 0
}

/** Locks the admins, so that two changes at once cannot leave the lab without one. */
export async function lockAdmins(db: Db): Promise<string[]> {
  const rows = await db.select({ id }).from(users).where(eq(role, 'admin')).for('update')
  return rows.map((row) => row.id)
}

export async function setRole(db: Db, personId: string, newRole: Role, now: Date): Promise<void> {
  await db.update(users).set({ role: newRole, updatedAt: now }).where(eq(users.id, personId))
}

/** One at a time where it is asked whether there is anybody yet; held until the transaction ends. */
export async function lockPeople(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('oneway people'))`)
}
