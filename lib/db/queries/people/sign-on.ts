import { randomUUID } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { accounts, sessions, users } from '@/lib/db/schema/schema'
import type { Role } from '@/lib/domain/account/permissions'
import type { SignOnClaims } from '@/lib/domain/account/sign-on'

/** The provider of an account that was made by single sign-on, beside better-auth's `credential`. */
const providerId = 'oidc'

// With the issuer, as two providers may give the same subject to two people.
const accountIdOf = ({ issuer, subject }: SignOnClaims) => `${issuer} ${subject}`

/** Who signed in with this issuer and subject before. */
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

/** No token of the provider is kept: nothing is asked of it after the sign-in. */
export async function linkPerson(db: Db, personId: string, claims: SignOnClaims): Promise<void> {
  const accountId = accountIdOf(claims)
  await db.insert(accounts).values({ id: randomUUID(), accountId, providerId, userId: personId })
}

/** A person without a password; answers the new id. */
export async function insertSignOnPerson(
  db: Db,
  person: { name: string; email: string; role: Role },
): Promise<string> {
  const id = randomUUID()
  const email = person.email.toLowerCase()
  await db.insert(users).values({ ...person, id, email, emailVerified: true })
  return id
}

/** Whether this admin is the last who could let anybody in while the provider is away. */
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

/** Ends every session of a person. */
export async function endSessions(db: Db, personId: string): Promise<void> {
  await db.delete(sessions).where(eq(sessions.userId, personId))
}
