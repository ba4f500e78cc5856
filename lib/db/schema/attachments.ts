import { sql } from 'drizzle-orm'
import { bigint, boolean, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import {
  type AttachmentType,
  attachmentTypeNames,
  maxAttachmentBytes,
  maxFileNameLength,
} from '@/lib/domain/attachment/attachment'
import { minReasonLength } from '@/lib/domain/text/reason'
import { hasWords, number, oneOf } from './rule-sql'
import { observations, serialId, time, trials } from './schema'

/**
 * Append-only: a photo or recording of what was seen. The bytes are a file of the data folder that is named by their
 * SHA-256 (lib/attachment-store); several rows may name one file.
 */
export const attachments = pgTable(
  'attachments',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    /** What it shows; null if it belongs to the trial as a whole. */
    observationId: bigint('observation_id', { mode: 'number' }).references(() => observations.id),
    /** As the browser gave it, to be shown only: no path is ever made of it. */
    fileName: text('file_name').notNull(),
    /** By the content, never by the name. */
    type: text('type').$type<AttachmentType>().notNull(),
    bytes: bigint('bytes', { mode: 'number' }).notNull(),
    sha256: text('sha256').notNull(),
    /** When the file was complete and checked, by the server's clock. */
    attachedAt: time('attached_at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    /** The upload it came by, so that its end may be told twice and makes one row. */
    uploadId: text('upload_id').notNull().unique(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    index('attachments_by_trial').on(t.trialId, t.id),
    index('attachments_by_observation').on(t.observationId),
    index('attachments_by_hash').on(t.sha256),
    check('an_attachment_is_a_photo_or_a_recording', oneOf(t.type, attachmentTypeNames)),
    check('an_attachment_has_a_size', sql`${t.bytes} between 1 and ${number(maxAttachmentBytes)}`),
    check('an_attachment_has_its_hash', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
    check(
      'an_attachment_has_a_name',
      sql`length(${t.fileName}) between 1 and ${number(maxFileNameLength)}`,
    ),
  ],
)

/** Append-only: an attachment that does not belong here. Its row and its file stay. */
export const attachmentWithdrawals = pgTable(
  'attachment_withdrawals',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    attachmentId: bigint('attachment_id', { mode: 'number' })
      .notNull()
      .unique()
      .references(() => attachments.id),
    reason: text('reason').notNull(),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
  },
  (t) => [
    index('attachment_withdrawals_by_trial').on(t.trialId),
    check('a_withdrawal_has_a_reason', hasWords(t.reason, minReasonLength)),
  ],
)

/** What was made of a file: it can be made again, and is no evidence. */
export const attachmentPreviews = pgTable('attachment_previews', {
  sha256: text('sha256').primaryKey(),
  state: text('state', { enum: ['made', 'none'] }).notNull(),
  /** Why there is none. */
  reason: text('reason'),
  width: integer('width'),
  height: integer('height'),
  /** When it was taken, as the file says: without a zone where the file has none. */
  takenText: text('taken_text'),
  madeAt: time('made_at').notNull(),
})
