import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type AttachmentFolder, fileOf, flush, readFacts } from './folder'

/** A file that the record names. */
export type NamedFile = { sha256: string; bytes: number }
export type FileProblem = NamedFile & { problem: string }

const missing = 'it is missing'

/**
 * The files of the record that are missing, or are not what the record says.
 * @param quick compares sizes and computes no hash
 */
export async function listFileProblems(
  folder: Pick<AttachmentFolder, 'files'>,
  files: readonly NamedFile[],
  { quick }: { quick: boolean },
): Promise<FileProblem[]> {
  const problems: FileProblem[] = []
  for (const file of files) {
    const problem = await problemOf(fileOf(folder, file.sha256), file, quick)
    if (problem !== undefined) problems.push({ ...file, problem })
  }
  return problems
}

async function problemOf(
  place: string,
  { sha256, bytes }: NamedFile,
  quick: boolean,
): Promise<string | undefined> {
  const found = await stat(place).catch(() => undefined)
  if (!found) return missing
  if (found.size !== bytes) return `it has ${found.size} bytes, and ${bytes} were recorded`
  if (quick) return undefined
  const { sha256: now } = await readFacts(place)
  return now === sha256 ? undefined : `its SHA-256 is now ${now}`
}

/** Where a backup has the files: one folder, each under its hash. */
export const backedUpFile = (backup: string, sha256: string): string =>
  path.join(backup, 'files', sha256)

type Copied = { copied: number; problems: FileProblem[] }

/** Copies the files of the record into a backup; each is compared with its hash on the way. */
export function backUpFiles(
  folder: Pick<AttachmentFolder, 'files'>,
  backup: string,
  files: readonly NamedFile[],
): Promise<Copied> {
  return copyAll(files, (sha256) => [fileOf(folder, sha256), backedUpFile(backup, sha256)])
}

/** Copies the files of the record out of a backup, where they are not there yet. */
export function restoreFiles(
  folder: Pick<AttachmentFolder, 'files'>,
  backup: string,
  files: readonly NamedFile[],
): Promise<Copied> {
  const gone = files.filter(({ sha256 }) => !existsSync(fileOf(folder, sha256)))
  return copyAll(gone, (sha256) => [backedUpFile(backup, sha256), fileOf(folder, sha256)])
}

async function copyAll(
  files: readonly NamedFile[],
  placesOf: (sha256: string) => [from: string, to: string],
): Promise<Copied> {
  const problems: FileProblem[] = []
  for (const file of files) {
    const [from, to] = placesOf(file.sha256)
    const problem = existsSync(from) ? await copyChecked(from, to, file.sha256) : missing
    if (problem !== undefined) problems.push({ ...file, problem })
  }
  return { copied: files.length - problems.length, problems }
}

/** Copies one file, on the disk before this resolves. @returns why it was not copied: its content has another hash */
async function copyChecked(from: string, to: string, sha256: string): Promise<string | undefined> {
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
  const part = `${to}.part`
  const hash = createHash('sha256')
  const tap = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(createReadStream(from), tap, createWriteStream(part, { mode: 0o600, flush: true }))
  const now = hash.digest('hex')
  if (now === sha256) {
    await rename(part, to)
    await flush(path.dirname(to), 'r')
    return undefined
  }
  await rm(part)
  return `its SHA-256 is now ${now}`
}
