import { randomUUID } from 'node:crypto'
import { and, asc, eq, getTableColumns } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { noticeDeliveries, noticeTargets } from '@/lib/db/schema/notices'
import { keyring, SealBroken, seal, sealStateOf, unseal } from '@/lib/db/secrets/sealing'

const { secret: _secret, oldSecret: _oldSecret, ...shown } = getTableColumns(noticeTargets)

/** A receiver of notices as a page may show it: without its secrets. */
export type NoticeTarget = Omit<typeof noticeTargets.$inferSelect, 'secret' | 'oldSecret'>

const placeOf = (row: string, column: 'secret' | 'old_secret') => ({
  table: 'notice_targets',
  row,
  column,
})

export async function listNoticeTargets(db: Db): Promise<NoticeTarget[]> {
  return db.select(shown).from(noticeTargets).orderBy(asc(noticeTargets.name), noticeTargets.id)
}

export async function findNoticeTarget(db: Db, id: string): Promise<NoticeTarget | undefined> {
  const [target] = await db.select(shown).from(noticeTargets).where(eq(noticeTargets.id, id))
  return target
}

export type NewTarget = Pick<
  typeof noticeTargets.$inferInsert,
  'name' | 'url' | 'topics' | 'withSimulated' | 'isOn' | 'createdAt'
>

/** Adds a receiver; its secret is given in the clear and stored sealed. */
export async function insertNoticeTarget(
  db: Db,
  target: NewTarget,
  secret: string,
): Promise<string> {
  const id = randomUUID()
  const sealed = seal(keyring(), secret, placeOf(id, 'secret'))
  await db.insert(noticeTargets).values({ ...target, id, secret: sealed })
  return id
}

export type TargetChange = Partial<
  Pick<NoticeTarget, 'name' | 'url' | 'topics' | 'withSimulated' | 'isOn' | 'offReason'>
>

export async function updateNoticeTarget(db: Db, id: string, change: TargetChange): Promise<void> {
  await db.update(noticeTargets).set(change).where(eq(noticeTargets.id, id))
}

/** Switches a receiver off for a reason of the program; one that is off keeps its state. */
export async function switchTargetOff(db: Db, id: string, reason: string): Promise<void> {
  await db
    .update(noticeTargets)
    .set({ isOn: false, offReason: reason })
    .where(and(eq(noticeTargets.id, id), eq(noticeTargets.isOn, true)))
}

/**
 * Deletes a receiver with its deliveries, whatever became of them.
 * @returns whether there was one
 */
export async function deleteNoticeTarget(db: Db, id: string): Promise<boolean> {
  // Locked first: an event that puts a notice into the outbox comes entirely before or after it.
  const [row] = await db
    .select({ id: noticeTargets.id })
    .from(noticeTargets)
    .where(eq(noticeTargets.id, id))
    .for('update')
  if (!row) return false
  await db.delete(noticeDeliveries).where(eq(noticeDeliveries.targetId, id))
  await db.delete(noticeTargets).where(eq(noticeTargets.id, id))
  return true
}

/** Replaces the secret. The previous one signs beside it until `oldUntil`. */
export async function replaceSecret(
  db: Db,
  id: string,
  { secret, oldUntil }: { secret: string; oldUntil: Date },
): Promise<void> {
  const [row] = await db
    .select({ secret: noticeTargets.secret })
    .from(noticeTargets)
    .where(eq(noticeTargets.id, id))
    .for('update')
  if (!row) throw new Error(`there is no receiver ${id}`)
  const old = unseal(keyring(), row.secret, placeOf(id, 'secret'))
  await db
    .update(noticeTargets)
    .set({
      secret: seal(keyring(), secret, placeOf(id, 'secret')),
      oldSecret: seal(keyring(), old, placeOf(id, 'old_secret')),
      oldSecretUntil: oldUntil,
    })
    .where(eq(noticeTargets.id, id))
}

/** The secrets that sign now, the current one first; none where no configured key opens them. */
export async function openSecrets(db: Db, id: string, now: Date): Promise<string[]> {
  const [row] = await db.select().from(noticeTargets).where(eq(noticeTargets.id, id))
  if (!row) return []
  const old = row.oldSecretUntil !== null && row.oldSecretUntil > now ? row.oldSecret : null
  try {
    const current = unseal(keyring(), row.secret, placeOf(id, 'secret'))
    return old === null ? [current] : [current, unseal(keyring(), old, placeOf(id, 'old_secret'))]
  } catch (error) {
    if (error instanceof SealBroken) return []
    throw error
  }
}

/** Seals with the current key what an old key has sealed: how many, and the receivers no configured key opens. */
export async function resealTargets(db: Db): Promise<{ sealed: number; unreadable: string[] }> {
  const report = { sealed: 0, unreadable: [] as string[] }
  for (const row of await db.select().from(noticeTargets)) {
    const again = (text: string, column: 'secret' | 'old_secret') =>
      seal(keyring(), unseal(keyring(), text, placeOf(row.id, column)), placeOf(row.id, column))
    if (sealStateOf(keyring(), row.secret) === 'sealed') continue
    try {
      const secret = again(row.secret, 'secret')
      const oldSecret = row.oldSecret && again(row.oldSecret, 'old_secret')
      await db.update(noticeTargets).set({ secret, oldSecret }).where(eq(noticeTargets.id, row.id))
      report.sealed += row.oldSecret === null ? 1 : 2
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error
      report.unreadable.push(row.name)
    }
  }
  return report
}
