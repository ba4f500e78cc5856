import { randomInt, randomUUID } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../db/client'
import { accounts, sessions, users } from '../db/schema'
import type { Role } from '../domain/actor'

/** Length in characters; longer is better than odd signs (NIST SP 800-63B-4 §3.1.1.2). */
export const passwordRule = { min: 12, max: 128 }

export type NewPerson = { name: string; email: string; password: string; role: Role }

/**
 * Writes a person who can sign in with that password, and answers the new id. The hash is better-auth's
 * own, so that its sign-in can check it. Throws when the address is taken.
 */
export async function createPerson(db: Db, person: NewPerson): Promise<string> {
  const { name, email, password, role } = person
  if (password.length < passwordRule.min || password.length > passwordRule.max)
    throw new Error(`a password has ${passwordRule.min} to ${passwordRule.max} characters`)
  const hash = await hashPassword(password)
  const id = randomUUID()
  await db.transaction(async (tx) => {
    await tx
      .insert(users)
      .values({ id, name, email: email.toLowerCase(), emailVerified: true, role })
    await tx.insert(accounts).values({
      id: randomUUID(),
      accountId: id,
      providerId: 'credential',
      userId: id,
      password: hash,
    })
  })
  return id
}

/** Replaces a password and ends every session of its person, whoever opened it. */
export async function givePassword(
  db: Db,
  personId: string,
  password: string,
  now: Date,
): Promise<void> {
  const own = and(eq(accounts.userId, personId), eq(accounts.providerId, 'credential'))
  const hash = await hashPassword(password)
  await db.update(accounts).set({ password: hash, updatedAt: now }).where(own)
  await db.delete(sessions).where(eq(sessions.userId, personId))
}

// Without signs that are taken for each other when read aloud or typed from a screen.
const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** Four groups of five out of 31 signs: 99 bits, and still easy to type. */
export function randomPassword(): string {
  const group = () => Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}
