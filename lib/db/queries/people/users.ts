import { randomUUID } from 'node:crypto'
import { and, count, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { accounts, users } from '@/lib/db/schema/schema'
import type { Role } from '@/lib/domain/account/permissions'
import type { SignOnClaims } from '@/lib/domain/account/sign-on'

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

/** Mail addresses are stored in lower case. */
export async function findPersonByEmail(db: Db, address: string): Promise<Person | undefined> {
  const [found] = await db.select(person).from(users).where(eq(users.email, address.toLowerCase()))
  return found
}

export async function countPeople(db: Db): Promise<number> {
  const [row] = await db.select({ n: count() }).from(users)
  return row?.n ?? 0
}

/** Locks the admins who can sign in, so that two changes at once cannot leave the lab without an admin. */
export async function lockAdmins(db: Db): Promise<string[]> {
  const active = and(eq(role, 'admin'), isNull(disabledAt))
  const rows = await db.select({ id }).from(users).where(active).for('update')
  return rows.map((row) => row.id)
}

export async function setRole(db: Db, personId: string, newRole: Role, now: Date): Promise<void> {
  await db.update(users).set({ role: newRole, updatedAt: now }).where(eq(users.id, personId))
}

/** Sets a person's mail address. The database holds it unique, so of two equal changes at once one fails. */
export async function setEmail(
  db: Db,
  personId: string,
  address: string,
  now: Date,
): Promise<void> {
  await db.update(users).set({ email: address, updatedAt: now }).where(eq(users.id, personId))
}

/** Locks the creation of people until the transaction ends, so that only one first admin is created. */
export async function lockPeople(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('oneway people'))`)
}

/** Disables a person as of `at`; null enables them again. */
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

/** The hash of a person's password; undefined if they have none, are disabled or do not exist. */
export async function findPasswordHash(db: Db, personId: string): Promise<string | undefined> {
  const [found] = await db
    .select({ hash: accounts.password, disabledAt: users.disabledAt })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(and(eq(accounts.userId, personId), eq(accounts.providerId, 'credential')))
  return found && found.disabledAt === null ? (found.hash ?? undefined) : undefined
}

/** The provider in the accounts of single sign-on; better-auth's for a password is `credential`. */
const providerId = 'oidc'

// Includes the issuer, as two providers may use the same subject for different people.
const accountIdOf = ({ issuer, subject }: SignOnClaims) => `${issuer} ${subject}`

/** The person who signed in with this issuer and subject before. */
export async function findLinkedPersonId(
  db: Db,
  claims: SignOnClaims,
): Promise<string | undefined> {
  const own = and(eq(accounts.providerId, providerId), eq(accounts.accountId, accountIdOf(claims)))
  const [row] = await db.select({ id: accounts.userId }).from(accounts).where(own)
  return row?.id
}

/** Whether an admin has closed this person's account. */
export async function isDisabled(db: Db, personId: string): Promise<boolean> {
  const [row] = await db.select({ at: users.disabledAt }).from(users).where(eq(users.id, personId))
  return row?.at !== null
}

/** Links a person to their account at the provider. No token is stored, as the provider is not asked after sign-in. */
export async function linkPerson(db: Db, personId: string, claims: SignOnClaims): Promise<void> {
  const accountId = accountIdOf(claims)
  await db.insert(accounts).values({ id: randomUUID(), accountId, providerId, userId: personId })
}

/** Creates a person without a password; gives the new ID. */
export async function insertSignOnPerson(
  db: Db,
  person: { name: string; email: string; role: Role },
): Promise<string> {
  const id = randomUUID()
  const email = person.email.toLowerCase()
  await db.insert(users).values({ ...person, id, email, emailVerified: true })
  return id
}

/** Whether this is the last admin, or the last one who can sign in without the provider. */
export async function isLastLocalAdmin(db: Db, personId: string): Promise<boolean> {
  const admins = await db
    .select({ id: users.id, local: accounts.id })
    .from(users)
    .leftJoin(accounts, and(eq(accounts.userId, users.id), eq(accounts.providerId, 'credential')))
    .where(and(eq(users.role, 'admin'), isNull(users.disabledAt)))
  const own = admins.find(({ id }) => id === personId)
  const others = admins.filter(({ id }) => id !== personId)
  if (!own) return false
  return others.length === 0 || (own.local !== null && others.every(({ local }) => local === null))
}
