import { and, eq, gt, lt, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { passkeys, triedCodes, twoFactors } from '@/lib/db/schema/people'
import { users, verifications } from '@/lib/db/schema/schema'

export type PasskeyLine = {
  id: string
  name: string
  createdAt: Date
  lastUsedAt: Date | null
  backedUp: boolean
}

/** What a person can sign in with besides the password. */
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

/** Records whether the person has a second factor now, so that a password alone is not enough. */
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

/** Removes all second factors of a person who has lost them; an admin's reset. */
export async function removeSecondFactors(db: Db, personId: string, now: Date): Promise<void> {
  await db.delete(twoFactors).where(eq(twoFactors.userId, personId))
  await db.delete(passkeys).where(eq(passkeys.userId, personId))
  await settleSecondFactor(db, personId, now)
}

/** Removes one passkey of this person; false if there was none. */
export async function deletePasskey(db: Db, personId: string, keyId: string): Promise<boolean> {
  const gone = await db
    .delete(passkeys)
    .where(and(eq(passkeys.id, keyId), eq(passkeys.userId, personId)))
    .returning({ id: passkeys.id })
  return gone.length > 0
}

/** Removes the authenticator app and its backup codes; false if there was none. */
export async function deleteAuthenticatorApp(db: Db, personId: string): Promise<boolean> {
  const gone = await db
    .delete(twoFactors)
    .where(eq(twoFactors.userId, personId))
    .returning({ id: twoFactors.id })
  return gone.length > 0
}

/** Longer than a code of an authenticator app is accepted: 30 seconds, and one step before and after. */
const keptMs = 5 * 60_000

/** Records that a code is tried; false if it was tried in the last minutes. Of two attempts at once, one gets true. */
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

export type Passkey = {
  id: string
  userId: string
  credentialId: string
  publicKey: Uint8Array<ArrayBuffer>
  counter: number
  transports: string[]
}

/** Stores a challenge for a few minutes; a newer one with the same identifier replaces it. */
export async function keepChallenge(
  db: Db,
  kept: { identifier: string; challenge: string; now: Date; seconds?: number },
): Promise<void> {
  const { identifier, challenge, now, seconds = 300 } = kept
  await db.delete(verifications).where(eq(verifications.identifier, identifier))
  await db.insert(verifications).values({
    id: crypto.randomUUID(),
    identifier,
    value: challenge,
    expiresAt: new Date(now.getTime() + seconds * 1000),
    createdAt: now,
    updatedAt: now,
  })
}

/** Takes a challenge out, so that it can be answered only once; undefined if there is none or it has expired. */
export async function takeChallenge(
  db: Db,
  identifier: string,
  now: Date,
): Promise<string | undefined> {
  const [row] = await db
    .delete(verifications)
    .where(and(eq(verifications.identifier, identifier), gt(verifications.expiresAt, now)))
    .returning({ challenge: verifications.value })
  return row?.challenge
}

export async function insertPasskey(
  db: Db,
  key: Omit<Passkey, 'id'> & { name: string; backedUp: boolean; createdAt: Date },
): Promise<void> {
  await db.insert(passkeys).values(key)
}

/** A passkey by its credential ID; undefined if its person is disabled. */
export async function findPasskey(db: Db, credentialId: string): Promise<Passkey | undefined> {
  const [row] = await db
    .select({ key: passkeys, disabledAt: users.disabledAt })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(eq(passkeys.credentialId, credentialId))
  return row && row.disabledAt === null ? read(row.key) : undefined
}

export async function listPasskeys(db: Db, personId: string): Promise<Passkey[]> {
  const rows = await db.select().from(passkeys).where(eq(passkeys.userId, personId))
  return rows.map(read)
}

export async function notePasskeyUse(
  db: Db,
  keyId: string,
  use: { counter: number; lastUsedAt: Date },
): Promise<void> {
  await db.update(passkeys).set(use).where(eq(passkeys.id, keyId))
}

const read = ({ publicKey, transports, ...row }: typeof passkeys.$inferSelect): Passkey => ({
  id: row.id,
  userId: row.userId,
  credentialId: row.credentialId,
  counter: row.counter,
  // The driver's buffer may be a view into a larger one; the verifier needs its own bytes.
  publicKey: new Uint8Array(publicKey),
  transports: Array.isArray(transports) ? transports.map(String) : [],
})
