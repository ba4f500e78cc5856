import { and, eq, gt } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { passkeys } from '@/lib/db/schema/people'
import { users, verifications } from '@/lib/db/schema/schema'

export type Passkey = {
  id: string
  userId: string
  credentialId: string
  publicKey: Uint8Array<ArrayBuffer>
  counter: number
  transports: string[]
}

/** Writes what was asked, for a few minutes; a newer question of the same kind takes its place. */
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

/** Takes out what was asked: it can be answered once, and not for long. */
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

/** A key of a person who may sign in, by the id the browser names it by. */
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
  // The driver's buffer may be a window of a larger one; the verifier wants bytes of its own.
  publicKey: new Uint8Array(publicKey),
  transports: Array.isArray(transports) ? transports.map(String) : [],
})
