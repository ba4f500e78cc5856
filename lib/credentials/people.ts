import { randomInt, randomUUID } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../db/client'
import { accounts, users } from '../db/schema/schema'
import { passwordRule } from '../domain/account/password'
import type { Role } from '../domain/account/permissions'

export type NewPerson = { name: string; email: string; password: string; role: Role }

/**
 * Creates a person who can sign in with that password; gives the new ID. The hash is made by better-auth, whose
 * sign-in checks it.
 * @throws Error if the mail address belongs to somebody already, or the password's length is out of bounds
 */
export async function createPerson(db: Db, person: NewPerson): Promise<string> {
  const { name, email, password, role } = person
  const length = [...password].length
  if (length < passwordRule.min || length > passwordRule.max)
    throw new Error(`a password has ${passwordRule.min} to ${passwordRule.max} characters`)
  const hash = await hashPassword(password)
  const id = randomUUID()
  await db.transaction(async (tx) => {
    await tx
      .insert(users)
      .values({ id, name, email: email.toLowerCase(), emailVerified: true, role })
    await tx.insert(accounts).values(credentialOf(id, hash))
  })
  return id
}

// `credential` is better-auth's name for sign-in by password.
const credentialOf = (personId: string, hash: string) => ({
  id: randomUUID(),
  accountId: personId,
  providerId: 'credential',
  userId: personId,
  password: hash,
})

/**
 * Replaces a person's password, or sets the first one of a person who has used single sign-on so far. The
 * caller ends the sessions that must end.
 */
export async function givePassword(
  db: Db,
  personId: string,
  password: string,
  now: Date,
): Promise<void> {
  const own = and(eq(accounts.userId, personId), eq(accounts.providerId, 'credential'))
  const hash = await hashPassword(password)
  const changed = await db
    .update(accounts)
    .set({ password: hash, updatedAt: now })
    .where(own)
    .returning({ id: accounts.id })
  if (changed.length > 0) return
  await db.insert(accounts).values(credentialOf(personId, hash))
}

// Without characters that are easily confused, such as 1 and l or 0 and o.
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of five out of 31 characters: 99 bits, and still easy to type. */
export function randomPassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
