import { and, asc, eq, gt, inArray, isNull } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { attachmentPreviews, attachments, attachmentWithdrawals } from '@/lib/db/schema/attachments'

type Row = typeof attachments.$inferSelect
export type Preview = typeof attachmentPreviews.$inferSelect

/** A file on the record of a trial, with who took it off again. */
export type Attachment = Row & {
  withdrawn: { byId: string; byName: string; at: Date; reason: string } | undefined
}

/** The attachments of a trial in the order in which they came, withdrawn ones too. */
export async function listAttachments(db: Db, trialId: string): Promise<Attachment[]> {
  const rows = await db
    .select({ attachment: attachments, withdrawn: attachmentWithdrawals })
    .from(attachments)
    .leftJoin(attachmentWithdrawals, eq(attachmentWithdrawals.attachmentId, attachments.id))
    .where(eq(attachments.trialId, trialId))
    .orderBy(asc(attachments.id))
  return rows.map(({ attachment, withdrawn }) => ({
    ...attachment,
    withdrawn: withdrawn
      ? {
          byId: withdrawn.byId,
          byName: withdrawn.byName,
          at: withdrawn.at,
          reason: withdrawn.reason,
        }
      : undefined,
  }))
}

export async function findAttachmentOfUpload(db: Db, uploadId: string): Promise<Row | undefined> {
  const [row] = await db.select().from(attachments).where(eq(attachments.uploadId, uploadId))
  return row
}

/** Stores an attachment; undefined if its upload was stored before. */
export async function insertAttachment(
  db: Db,
  attachment: typeof attachments.$inferInsert,
): Promise<Row | undefined> {
  const [inserted] = await db
    .insert(attachments)
    .values(attachment)
    .onConflictDoNothing({ target: attachments.uploadId })
    .returning()
  return inserted
}

export async function insertAttachmentWithdrawal(
  db: Db,
  withdrawal: typeof attachmentWithdrawals.$inferInsert,
): Promise<void> {
  await db.insert(attachmentWithdrawals).values(withdrawal)
}

/** The previews of a trial's attachments, by the hash of the file. */
export async function listPreviews(db: Db, trialId: string): Promise<Map<string, Preview>> {
  const rows = await db
    .select({ preview: attachmentPreviews })
    .from(attachmentPreviews)
    .innerJoin(attachments, eq(attachments.sha256, attachmentPreviews.sha256))
    .where(eq(attachments.trialId, trialId))
  return new Map(rows.map(({ preview }) => [preview.sha256, preview]))
}

/** The oldest attachment after this one of which no preview was tried yet. */
export async function findWithoutPreview(
  db: Db,
  after: number,
): Promise<Pick<Row, 'id' | 'sha256' | 'type'> | undefined> {
  const { id, sha256, type } = attachments
  const [row] = await db
    .select({ id, sha256, type })
    .from(attachments)
    .leftJoin(attachmentPreviews, eq(attachmentPreviews.sha256, attachments.sha256))
    .where(and(isNull(attachmentPreviews.sha256), gt(id, after)))
    .orderBy(asc(id))
    .limit(1)
  return row
}

export async function storePreview(db: Db, preview: Preview): Promise<void> {
  await db.insert(attachmentPreviews).values(preview).onConflictDoNothing()
}

/** Of these files the ones that the record names and whose preview was tried, each once. */
export async function listMovable(
  db: Db,
  hashes: readonly string[],
): Promise<Pick<Row, 'sha256' | 'bytes' | 'type'>[]> {
  if (hashes.length === 0) return []
  const { sha256, bytes, type } = attachments
  return db
    .selectDistinctOn([sha256], { sha256, bytes, type })
    .from(attachments)
    .innerJoin(attachmentPreviews, eq(attachmentPreviews.sha256, sha256))
    .where(inArray(sha256, [...hashes]))
    .orderBy(sha256)
}

/** How many of these files the record names. */
export async function countNamed(db: Db, hashes: readonly string[]): Promise<number> {
  if (hashes.length === 0) return 0
  const named = db
    .selectDistinct({ sha256: attachments.sha256 })
    .from(attachments)
    .where(inArray(attachments.sha256, [...hashes]))
  return (await named).length
}

/** The files of which a preview was made. */
export async function listMadePreviews(db: Db): Promise<string[]> {
  const rows = await db
    .select({ sha256: attachmentPreviews.sha256 })
    .from(attachmentPreviews)
    .where(eq(attachmentPreviews.state, 'made'))
  return rows.map(({ sha256 }) => sha256)
}

/** Forgets previews, so that they are made again. */
export async function forgetPreviews(db: Db, hashes: readonly string[]): Promise<void> {
  if (hashes.length === 0) return
  await db.delete(attachmentPreviews).where(inArray(attachmentPreviews.sha256, [...hashes]))
}

/** One attachment of this trial. */
export async function findAttachment(
  db: Db,
  trialId: string,
  id: number,
): Promise<Row | undefined> {
  const [row] = await db
    .select()
    .from(attachments)
    .where(and(eq(attachments.id, id), eq(attachments.trialId, trialId)))
  return row
}
