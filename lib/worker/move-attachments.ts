import { existsSync } from 'node:fs'
import { openBucket } from '@/lib/attachment-store/bucket'
import { BucketFailure } from '@/lib/attachment-store/bucket-call'
import { previewOf } from '@/lib/attachment-store/folder'
import { moveToBucket } from '@/lib/attachment-store/move'
import { type AttachmentStore, keepMoveState, listFilesHere } from '@/lib/attachment-store/store'
import type { Db } from '@/lib/db/client'
import { forgetPreviews, listMadePreviews, listMovable } from '@/lib/db/queries/trials/attachments'

/** How many files the database is asked about at once. */
const askedAtOnce = 500

type Report = {
  info(about: object, words: string): void
  error(about: object, words: string): void
}

/**
 * Moves what is on this machine to the object storage, one file after the other: those that the record names, after
 * their preview was tried. What fails is kept here, told to the pages, and tried again in a later round.
 */
export function createMoves(db: Db, store: AttachmentStore, { log }: { log: Report }) {
  /** Their content is not what was recorded: reading them in each round would change nothing. */
  const damaged = new Set<string>()
  let last: string | undefined

  /** Tells once of a new problem, and once of its end. */
  async function tell(problem: string | undefined, now: Date): Promise<void> {
    await keepMoveState(store, {
      at: now.toISOString(),
      ...(problem !== undefined && { problem: problem.slice(0, 500) }),
    })
    if (problem === last) return
    if (problem === undefined) log.info({}, 'files of attachments are moved to the object storage')
    else log.error({ reason: problem }, 'a file of an attachment was not moved; it is kept here')
    last = problem
  }

  async function listWaiting() {
    const here = (await listFilesHere(store)).filter((sha256) => !damaged.has(sha256))
    const found = []
    for (let at = 0; at < here.length; at += askedAtOnce)
      found.push(...(await listMovable(db, here.slice(at, at + askedAtOnce))))
    return found
  }

  /** @returns 'failed' if the storage did not take a file */
  return async function moveAll(now: Date, stopping?: AbortSignal): Promise<'done' | 'failed'> {
    if (!store.bucket) return 'done'
    // A worker that ends waits for no file: a send may be waiting for its end.
    const bucket = openBucket(store.bucket.settings, { signal: stopping })
    for (const file of await listWaiting()) {
      if (stopping?.aborted) return 'done'
      try {
        const moved = await moveToBucket({ ...store, bucket }, file)
        if (moved === 'moved') log.info({ sha256: file.sha256, bytes: file.bytes }, 'file moved')
        else damaged.add(file.sha256)
      } catch (error) {
        if (!(error instanceof BucketFailure)) throw error
        if (stopping?.aborted) return 'done'
        await tell(error.message, now)
        return 'failed'
      }
    }
    const [first] = damaged
    await tell(
      first && `the file ${first} on this machine is not what was recorded, and stays here`,
      now,
    )
    return 'done'
  }
}

/** Has the previews made again that this machine does not have, as on a new disk. @returns how many */
export async function findLostPreviews(db: Db, store: AttachmentStore): Promise<number> {
  const made = await listMadePreviews(db)
  const lost = made.filter((sha256) => !existsSync(previewOf(store, sha256)))
  await forgetPreviews(db, lost)
  return lost.length
}
