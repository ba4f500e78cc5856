import { randomUUID } from 'node:crypto'
import { beginAttachment, recordAttachment, withdrawAttachment } from '@/lib/core/record/attach'
import { observe } from '@/lib/core/record/observe'
import { now } from '@/lib/core/testing/people'
import type { Call } from './calls'

const file = {
  ...{ observationId: undefined, fileName: 'a.png', sha256: 'a'.repeat(64) },
  ...{ type: 'image/png' as const, bytes: 1 },
}

/** One call of each service by which what was seen comes into the record. */
export const attachmentCalls: Record<string, Call> = {
  'observe.observe': (db, actor, { trialId }) => {
    const seen = { kind: 'nothing' as const, text: 'x', observedAt: now, nonce: randomUUID() }
    return observe(db, actor, { trialId, ...seen }, now)
  },
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
