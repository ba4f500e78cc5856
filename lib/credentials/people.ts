import { randomInt, randomUUID } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../db/client'
import { accounts, users } from '../db/schema/schema'
import { passwordRule } from '../domain/account/password'
import type { Role } from '../domain/account/permissions'

export type NewPerson = { name: string; email: string; password: string; role: Role }

/**
 * Writes a person who can sign in with that password, and answers the new id. The hash is better-auth's
 * own, so that its sign-in can check it. Throws when the address is taken.
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

// As better-auth names a password among the ways to sign in.
const credentialOf = (personId: string, hash: string) => ({
  id: randomUUID(),
  accountId: personId,
  providerId: 'credential',
  userId: personId,
  password: hash,
})

/**
 * Replaces a password, or gives the first one to a person who signed in elsewhere so far. Whoever calls it
 * ends the sessions that must end.
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

// Without signs that are taken for each other when read aloud or typed from a screen.
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of five out of 31 signs: 99 bits, and still easy to type. */
export function randomPassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
