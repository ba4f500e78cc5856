import { rm } from 'node:fs/promises'
import { DamagedFile, type PutFile } from './bucket'
import { BucketFailure } from './bucket-call'
import { fileOf } from './folder'
import type { AttachmentStore } from './store'

/**
 * Moves a file of this machine to the object storage. It is removed here only after every byte was read back from there
 * and has the SHA-256 of the record; a kill at any point leaves it here, and the next try begins again.
 * @returns 'damaged' if the file here is not what was recorded: it stays, and nothing was written
 * @throws BucketFailure
 */
export async function moveToBucket(
  store: AttachmentStore & { bucket: NonNullable<AttachmentStore['bucket']> },
  file: PutFile,
): Promise<'moved' | 'damaged'> {
  const { bucket } = store
  const here = fileOf(store, file.sha256)
  const isThere = async () => {
    const found = await bucket.factsOf(file.sha256)
    return found.bytes === file.bytes && found.sha256 === file.sha256
  }
  const isMoved = (await bucket.sizeOf(file.sha256)) === file.bytes && (await isThere())
  if (!isMoved) {
    try {
      await bucket.put(here, file)
    } catch (error) {
      if (error instanceof DamagedFile) return 'damaged'
      throw error
    }
    if (!(await isThere()))
      throw new BucketFailure(
        'altered',
        `the object storage at ${bucket.settings.endpoint.host} returns other bytes than it got for ${file.sha256}`,
      )
  }
  await rm(here, { force: true })
  return 'moved'
}
