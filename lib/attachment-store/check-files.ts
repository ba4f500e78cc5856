import { createReadStream, existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { BucketFailure } from './bucket-call'
import { fileOf, flush, readFacts } from './folder'
import { type AttachmentStore, copyOut, openFile, sizeOfFile, writeHashed } from './store'

/** A file that the record names. */
export type NamedFile = { sha256: string; bytes: number }
export type FileProblem = NamedFile & { problem: string }

const missing = 'it is missing'

/**
 * The files of the record that are missing, or are not what the record says.
 * @param quick compares sizes and computes no hash
 */
export async function listFileProblems(
  store: AttachmentStore,
  files: readonly NamedFile[],
  { quick }: { quick: boolean },
): Promise<FileProblem[]> {
  const problems: FileProblem[] = []
  for (const file of files) {
    const problem = await said(() => problemOf(store, file, quick))
    if (problem !== undefined) problems.push({ ...file, problem })
  }
  return problems
}

async function problemOf(
  store: AttachmentStore,
  { sha256, bytes }: NamedFile,
  quick: boolean,
): Promise<string | undefined> {
  const size = await sizeOfFile(store, sha256)
  if (size === undefined) return missing
  if (size !== bytes) return `it has ${size} bytes, and ${bytes} were recorded`
  if (quick) return undefined
  const opened = await openFile(store, sha256)
  if (opened === undefined || opened.range === 'outside') return missing
  const { sha256: now } = await readFacts(opened.stream)
  return now === sha256 ? undefined : `its SHA-256 is now ${now}`
}

/** A storage that cannot be asked is a problem of each of its files. */
function said(look: () => Promise<string | undefined>): Promise<string | undefined> {
  return look().catch((error: unknown) => {
    if (error instanceof BucketFailure) return error.message
    throw error
  })
}

/** Where a backup has the files: one folder, each under its hash. */
export const backedUpFile = (backup: string, sha256: string): string =>
  path.join(backup, 'files', sha256)

type Copied = { copied: number; problems: FileProblem[] }

/**
 * Copies the files of the record into a backup, from this machine or the object storage; each is compared with its hash
 * on the way.
 */
export function backUpFiles(
  store: AttachmentStore,
  backup: string,
  files: readonly NamedFile[],
): Promise<Copied> {
  return copyAll(files, ({ sha256 }) =>
    placed(backedUpFile(backup, sha256), (part) => copyOut(store, sha256, part)),
  )
}

/**
 * Copies the files of the record out of a backup, where they are not there yet; with object storage the worker moves
 * them there from this machine.
 */
export async function restoreFiles(
  store: AttachmentStore,
  backup: string,
  files: readonly NamedFile[],
): Promise<Copied> {
  const gone: NamedFile[] = []
  for (const file of files) {
    // Storage that cannot be asked is no reason to leave a file out.
    const size = await sizeOfFile(store, file.sha256).catch(() => undefined)
    if (size !== file.bytes) gone.push(file)
  }
  return copyAll(gone, async ({ sha256 }) => {
    const from = backedUpFile(backup, sha256)
    if (!existsSync(from)) return missing
    return placed(fileOf(store, sha256), async (part) => {
      const now = await writeHashed(createReadStream(from), part)
      return now === sha256 ? undefined : `its SHA-256 is now ${now}`
    })
  })
}

/** Brings the files of the record back to this machine, so that the object storage can be left. */
export function fetchFiles(store: AttachmentStore, files: readonly NamedFile[]): Promise<Copied> {
  const elsewhere = files.filter(({ sha256 }) => !existsSync(fileOf(store, sha256)))
  return copyAll(elsewhere, ({ sha256 }) =>
    placed(fileOf(store, sha256), (part) => copyOut(store, sha256, part)),
  )
}

async function copyAll(
  files: readonly NamedFile[],
  copy: (file: NamedFile) => Promise<string | undefined>,
): Promise<Copied> {
  const problems: FileProblem[] = []
  for (const file of files) {
    const problem = await said(() => copy(file))
    if (problem !== undefined) problems.push({ ...file, problem })
  }
  return { copied: files.length - problems.length, problems }
}

/** Gives a copy its name when it is whole and checked, on the disk before this resolves. */
async function placed(
  to: string,
  write: (part: string) => Promise<string | undefined>,
): Promise<string | undefined> {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
  const part = `${to}.part`
  try {
    const problem = await write(part)
    if (problem !== undefined) return problem
    await rename(part, to)
    await flush(path.dirname(to), 'r')
    return undefined
  } finally {
    await rm(part, { force: true })
  }
}
