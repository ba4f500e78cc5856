import { and, eq, lt, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { passkeys, triedCodes, twoFactors } from '@/lib/db/schema/people'
import { users } from '@/lib/db/schema/schema'

export type PasskeyLine = {
  id: string
  name: string
  createdAt: Date
  lastUsedAt: Date | null
  backedUp: boolean
}

/** What a person can prove themselves by besides the password. */
export type SecondFactors = { authenticatorApp: boolean; passkeys: PasskeyLine[] }

export async function listSecondFactors(db: Db, personId: string): Promise<SecondFactors> {
  const app = await db
    .select({ id: twoFactors.id })
    .from(twoFactors)
    .where(and(eq(twoFactors.userId, personId), eq(twoFactors.verified, true)))
  const { id, name, createdAt, lastUsedAt, backedUp } = passkeys
  const keys = await db
    .select({ id, name, createdAt, lastUsedAt, backedUp })
    .from(passkeys)
    .where(eq(passkeys.userId, personId))
    .orderBy(createdAt, id)
  return { authenticatorApp: app.length > 0, passkeys: keys }
}

/** Says of the person whether a password alone is not enough, by what there is now. */
export async function settleSecondFactor(db: Db, personId: string, now: Date): Promise<void> {
  await db
    .update(users)
    .set({
      twoFactorEnabled: sql`exists (select from two_factors f where f.user_id = ${users.id} and f.verified)
        or exists (select from passkeys k where k.user_id = ${users.id})`,
      updatedAt: now,
    })
    .where(eq(users.id, personId))
}

/** For who has lost a phone or a key: an admin's reset. */
export async function removeSecondFactors(db: Db, personId: string, now: Date): Promise<void> {
  await db.delete(twoFactors).where(eq(twoFactors.userId, personId))
  await db.delete(passkeys).where(eq(passkeys.userId, personId))
  await settleSecondFactor(db, personId, now)
}

/** Removes one passkey, of this person only. True when there was one. */
export async function deletePasskey(db: Db, personId: string, keyId: string): Promise<boolean> {
  const gone = await db
    .delete(passkeys)
    .where(and(eq(passkeys.id, keyId), eq(passkeys.userId, personId)))
    .returning({ id: passkeys.id })
  return gone.length > 0
}

/** Removes the authenticator app and its backup codes. True when there was one. */
export async function deleteAuthenticatorApp(db: Db, personId: string): Promise<boolean> {
  const gone = await db
    .delete(twoFactors)
    .where(eq(twoFactors.userId, personId))
    .returning({ id: twoFactors.id })
  return gone.length > 0
}

/** Longer than a code of an authenticator app can be right: 30 seconds, and one step before and after. */
const keptMs = 5 * 60_000

/** Writes down that a code is tried; false when it was tried in the last minutes. Of two at once, one is heard. */
export async function tryCode(
  db: Db,
  tried: { userId: string; codeSha256: string },
  now: Date,
): Promise<boolean> {
  await db.delete(triedCodes).where(lt(triedCodes.triedAt, new Date(now.getTime() - keptMs)))
  const rows = await db
    .insert(triedCodes)
    .values({ ...tried, triedAt: now })
    .onConflictDoNothing()
    .returning({ userId: triedCodes.userId })
  return rows.length > 0
}
