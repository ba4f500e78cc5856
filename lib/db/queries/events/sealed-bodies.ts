import { createHash } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { sealedBodies } from '@/lib/db/schema/sealed'
import {
  keyring,
  type Place,
  SealBroken,
  seal,
  sealStateOf,
  unseal,
} from '@/lib/db/secrets/sealing'
import type { RawEvent } from './raw-events'

const placeOfBody = (rawEventId: number): Place => ({
  table: 'sealed_bodies',
  row: String(rawEventId),
  column: 'sealed',
})

/** Stores a body with secrets, sealed. Runs in the transaction of its event; safe to repeat. */
export async function sealBody(db: Db, rawEventId: number, body: Uint8Array): Promise<void> {
  const text = Buffer.from(body).toString('base64')
  const sealed = seal(keyring(), text, placeOfBody(rawEventId))
  await db.insert(sealedBodies).values({ rawEventId, sealed }).onConflictDoNothing()
}

/**
 * The body of an event as it was received. If the key that sealed it is not configured, or its hash does not match,
 * the body without secrets, which has the same values in everything that is read.
 */
export async function openBody(db: Db, event: RawEvent): Promise<Uint8Array> {
  const [kept] = await db
    .select({ sealed: sealedBodies.sealed })
    .from(sealedBodies)
    .where(eq(sealedBodies.rawEventId, event.id))
  return kept ? unsealBody(event, kept.sealed) : event.body
}

/** The same for an event whose sealed body was read with it. */
export function unsealBody(event: RawEvent, sealed: string): Uint8Array {
  try {
    const body = Buffer.from(unseal(keyring(), sealed, placeOfBody(event.id)), 'base64')
    const sha256 = createHash('sha256').update(body).digest('hex')
    return sha256 === event.sha256 ? body : event.body
  } catch (error) {
    if (error instanceof SealBroken) return event.body
    throw error
  }
}

/** Seals with the current key what an old key has sealed; gives how many, and how many no configured key opens. */
export async function resealBodies(db: Db): Promise<{ sealed: number; unreadable: number }> {
  const report = { sealed: 0, unreadable: 0 }
  for (const { rawEventId, sealed } of await db.select().from(sealedBodies)) {
    const place = placeOfBody(rawEventId)
    if (sealStateOf(keyring(), sealed) === 'sealed') continue
    try {
      const again = seal(keyring(), unseal(keyring(), sealed, place), place)
      await db
        .update(sealedBodies)
        .set({ sealed: again })
        .where(eq(sealedBodies.rawEventId, rawEventId))
      report.sealed += 1
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      report.unreadable += 1
    }
  }
  return report
}
