import { BucketFailure } from '@/lib/attachment-store/bucket-call'
import { makePreview } from '@/lib/attachment-store/preview'
import type { AttachmentStore } from '@/lib/attachment-store/store'
import type { Db } from '@/lib/db/client'
import { findWithoutPreview, storePreview } from '@/lib/db/queries/trials/attachments'

/**
 * Makes the preview of the oldest attachment that was not tried yet; later, if its file is in object storage that cannot
 * be asked now. @returns how many: 1 or 0
 */
export async function makeNextPreview(db: Db, store: AttachmentStore, now: Date): Promise<number> {
  const next = await findWithoutPreview(db)
  if (!next) return 0
  const made = await makePreview(store, next).catch((error: unknown) => {
    if (error instanceof BucketFailure) return undefined
    throw error
  })
  if (!made) return 0
  const { state, reason = null, width = null, height = null, takenText = null } = made
  const { sha256 } = next
  await storePreview(db, { sha256, state, reason, width, height, takenText, madeAt: now })
  return 1
}
