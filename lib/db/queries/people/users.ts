import { and, count, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { accounts, users } from '@/lib/db/schema/schema'
import type { Role } from '@/lib/domain/account/permissions'

export type Person = {
  id: string
  name: string
  email: string
  role: Role
  createdAt: Date
  disabledAt: Date | null
  twoFactorEnabled: boolean
}

const { id, name, email, role, createdAt, disabledAt, twoFactorEnabled } = users
const person = { id, name, email, role, createdAt, disabledAt, twoFactorEnabled }

export async function listPeople(db: Db): Promise<Person[]> {
  return db.select(person).from(users).orderBy(name, id)
}

export async function findPerson(db: Db, personId: string): Promise<Person | undefined> {
  const [found] = await db.select(person).from(users).where(eq(users.id, personId))
  return found
}

/** By the address as better-auth keeps it: in lower case. */
export async function findPersonByEmail(db: Db, address: string): Promise<Person | undefined> {
  const [found] = await db.select(person).from(users).where(eq(users.email, address.toLowerCase()))
  return found
}

export async function countPeople(db: Db): Promise<number> {
  const [row] = await db.select({ n: count() }).from(users)
  return row?.n ?? 0
}

/** Locks the admins who can sign in, so that two changes at once cannot leave the lab without one. */
export async function lockAdmins(db: Db): Promise<string[]> {
  const active = and(eq(role, 'admin'), isNull(disabledAt))
  const rows = await db.select({ id }).from(users).where(active).for('update')
  return rows.map((row) => row.id)
}

export async function setRole(db: Db, personId: string, newRole: Role, now: Date): Promise<void> {
  await db.update(users).set({ role: newRole, updatedAt: now }).where(eq(users.id, personId))
}

/** The address is unique in the database as well, so that of two changes at once one fails. */
export async function setEmail(
  db: Db,
  personId: string,
  address: string,
  now: Date,
): Promise<void> {
  await db.update(users).set({ email: address, updatedAt: now }).where(eq(users.id, personId))
}

/** One at a time where it is asked whether there is anybody yet; held until the transaction ends. */
export async function lockPeople(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('oneway people'))`)
}

/** When a person was shut out; null lets them in again. */
export async function setDisabled(
  db: Db,
  personId: string,
  at: Date | null,
  now: Date,
): Promise<void> {
  await db.update(users).set({ disabledAt: at, updatedAt: now }).where(eq(users.id, personId))
}

export async function setName(db: Db, personId: string, to: string, now: Date): Promise<void> {
  await db.update(users).set({ name: to, updatedAt: now }).where(eq(users.id, personId))
}

/** The hash of a person's password; undefined for who has none, is disabled or is not there. */
export async function findPasswordHash(db: Db, personId: string): Promise<string | undefined> {
  const [found] = await db
    .select({ hash: accounts.password, disabledAt: users.disabledAt })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.userId, personId), eq(accounts.providerId, 'credential')))
  return found && found.disabledAt === null ? (found.hash ?? undefined) : undefined
}
