import { BucketFailure } from '@/lib/attachment-store/bucket-call'
import { makePreview } from '@/lib/attachment-store/preview'
import type { AttachmentStore } from '@/lib/attachment-store/store'
import type { Db } from '@/lib/db/client'
import { findWithoutPreview, storePreview } from '@/lib/db/queries/trials/attachments'

/** The last attachment that was left for later; those before it are tried again after all that follow. */
export type Skipped = { upTo: number }

/**
 * Makes the preview of the oldest attachment that was not tried yet; later, if its file is in object storage that does
 * not give it now. @returns how many: 1 or 0
 */
export async function makeNextPreview(
  db: Db,
  store: AttachmentStore,
  now: Date,
  skipped: Skipped = { upTo: 0 },
): Promise<number> {
  const next = await findWithoutPreview(db, skipped.upTo)
  if (!next) {
    skipped.upTo = 0
    return 0
  }
  const made = await makePreview(store, next).catch((error: unknown) => {
    if (error instanceof BucketFailure) return undefined
    throw error
  })
  if (!made) {
    skipped.upTo = next.id
    return 0
  }
  const { state, reason = null, width = null, height = null, takenText = null } = made
  const { sha256 } = next
  await storePreview(db, { sha256, state, reason, width, height, takenText, madeAt: now })
  return 1
}
