import { randomUUID } from 'node:crypto'
import { beginAttachment, recordAttachment, withdrawAttachment } from '@/lib/core/record/attach'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

const file = {
  ...{ observationId: undefined, fileName: 'a.png', sha256: 'a'.repeat(64) },
  ...{ type: 'image/png' as const, bytes: 1 },
}

/** One call of each service of attachments. */
export const attachmentCalls: Record<string, Call> = {
  'attach.beginAttachment': (db, actor, { trialId }) =>
    beginAttachment(db, actor, { trialId, ...file }, now),
  'attach.recordAttachment': (db, actor, { trialId }) => {
    const arrived = { ...file, uploadId: randomUUID(), keep: async () => undefined }
    return recordAttachment(db, actor, { trialId, ...arrived }, now)
  },
  'attach.withdrawAttachment': (db, actor, { trialId, rowId }) =>
    withdrawAttachment(
      db,
      actor,
      { trialId, attachmentId: rowId, reason: 'tried by the matrix' },
      now,
    ),
}
