import type postgres from 'postgres'
import type { FileProblem, NamedFile } from '@/lib/attachment-store/check-files'
import { type AttachmentStore, openAttachmentStore } from '@/lib/attachment-store/store'
import type { Place } from './database'

/** The files that the record names, each once. */
export const listNamedFiles = (sql: postgres.Sql) => sql<NamedFile[]>`
  select sha256, max(bytes)::float8 as bytes from attachments group by sha256 order by min(id)`

/** Where the files are, by the environment. */
export const openStore = ({ env, dataDir }: Place): AttachmentStore =>
  openAttachmentStore({ ...env, ONEWAY_DATA: dataDir })

/** Prints each problem, and makes the script fail if there is one. */
export function reportFiles(problems: readonly FileProblem[]): void {
  for (const { sha256, problem } of problems) console.error(`ATTACHMENT ${sha256}: ${problem}.`)
  if (problems.length > 0) process.exitCode = 1
}
