import { type Refusal, refused } from '@/lib/core/shared/result'
import type { Db } from '@/lib/db/client'
import { listMappings } from '@/lib/db/queries/devices/device-imports'
import type { FileChoices, HeaderMapping } from '@/lib/domain/import/questions'
import type { ReadImport } from '@/lib/import-file/read-import'
import { readInThread } from '@/lib/import-file/read-in-thread'

/** A file, and what a person says of it. */
export type ImportFile = {
  bytes: Uint8Array
  fileName?: string | undefined
  /** Where new devices are enrolled, unless their row names a server. */
  mdmServerId?: string | undefined
  choices?: FileChoices | undefined
  /** What the headers mean, by the folded header; without one, what was kept for these headers. */
  mapping?: HeaderMapping | undefined
}

/** Reads a file beside whatever else the process does, with what earlier imports say of its headers. */
export async function readImportFile(
  db: Db,
  { bytes, choices = {}, mapping }: ImportFile,
  now: Date,
  { withCells = false } = {},
): Promise<ReadImport | Refusal> {
  if (choices.readAt && choices.readAt > now)
    return refused('The time of the readings is in the future.', 'readAt')
  const kept = await listMappings(db)
  const read = await readInThread({ bytes, choices, mapping, kept, now, withCells })
  if ('problem' in read) return refused(read.problem, 'file')
  return read
}
