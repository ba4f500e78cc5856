import type { AttachmentFolder } from '@/lib/attachment-store/folder'
import { makePreview } from '@/lib/attachment-store/preview'
import type { Db } from '@/lib/db/client'
import { findWithoutPreview, storePreview } from '@/lib/db/queries/trials/attachments'

/** Makes the preview of the oldest attachment that was not tried yet. @returns how many: 1 or 0 */
export async function makeNextPreview(
  db: Db,
  folder: AttachmentFolder,
  now: Date,
): Promise<number> {
  const next = await findWithoutPreview(db)
  if (!next) return 0
  const {
    state,
    reason = null,
    width = null,
    height = null,
    takenText = null,
  } = await makePreview(folder, next)
  const { sha256 } = next
  await storePreview(db, { sha256, state, reason, width, height, takenText, madeAt: now })
  return 1
}
