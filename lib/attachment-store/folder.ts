import { createHash } from 'node:crypto'
import { createReadStream, mkdirSync } from 'node:fs'
import {
  type FileHandle,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
} from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { headBytes, sha256Form, uploadKeptMs } from '@/lib/domain/attachment/attachment'

// The files of attachments, in the data folder. A file is named by its SHA-256, never by what a person or a device
// called it, and is never written again once it has its name. docs/decisions/072-attachments-as-files.md

export type AttachmentFolder = {
  /** Uploads that are under way: lib/attachment-store/uploads.ts. */
  uploads: string
  files: string
  /** Smaller pictures; they can be made again. */
  previews: string
}

/** Where the attachments of a data folder are. */
export function attachmentFolderIn(dataFolder: string): AttachmentFolder {
  const root = path.resolve(dataFolder, 'attachments')
  return {
    uploads: path.join(root, 'uploads'),
    files: path.join(root, 'files'),
    previews: path.join(root, 'previews'),
  }
}

/** The same for who writes there: what is missing is made, for its owner only. */
export function openAttachmentFolder(dataFolder: string): AttachmentFolder {
  const folder = attachmentFolderIn(dataFolder)
  for (const one of Object.values(folder)) mkdirSync(one, { recursive: true, mode: 0o700 })
  return folder
}

/**
 * The file of a hash.
 * @throws Error on anything but a SHA-256 in hex, so that no other text becomes a path
 */
export function fileOf({ files }: Pick<AttachmentFolder, 'files'>, sha256: string): string {
  return path.join(files, twoDigits(sha256), sha256)
}

/** The preview of a file, a JPEG. */
export function previewOf({ previews }: AttachmentFolder, sha256: string): string {
  return path.join(previews, twoDigits(sha256), `${sha256}.jpg`)
}

/** A copy of a file without the place it was taken at: lib/attachment-store/without-place.ts. */
export function placelessOf(folder: AttachmentFolder, sha256: string, ending: string): string {
  return path.join(folder.previews, twoDigits(sha256), `${sha256}-without-place.${ending}`)
}

function twoDigits(sha256: string): string {
  if (!sha256Form.test(sha256)) throw new Error('a file is named by its SHA-256')
  return sha256.slice(0, 2)
}

/** The bytes that an unprivileged process may still write to the disk of a folder. */
export async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

export type FileFacts = { bytes: number; sha256: string; head: Uint8Array }

/** Size, hash and first bytes of a file, read in pieces: a path, or the bytes as they come. */
export async function readFacts(from: string | Readable): Promise<FileFacts> {
  const hash = createHash('sha256')
  const head = new Uint8Array(headBytes)
  let bytes = 0
  const stream =
    typeof from === 'string' ? createReadStream(from, { highWaterMark: 1024 * 1024 }) : from
  for await (const chunk of stream) {
    // Without an encoding a stream of a file gives buffers.
    const piece = chunk as Buffer
    if (bytes < headBytes) head.set(piece.subarray(0, headBytes - bytes), bytes)
    hash.update(piece)
    bytes += piece.byteLength
  }
  return { bytes, sha256: hash.digest('hex'), head: head.subarray(0, Math.min(bytes, headBytes)) }
}

/** The first bytes of a file. */
export async function readHead(file: string): Promise<Uint8Array> {
  const opened = await open(file, 'r')
  try {
    const head = new Uint8Array(headBytes)
    const { bytesRead } = await opened.read(head, 0, headBytes, 0)
    return head.subarray(0, bytesRead)
  } finally {
    await opened.close()
  }
}

/**
 * Gives a finished upload its name, on the disk before this resolves; its bytes were flushed before. The upload keeps
 * its own name too, until its row is written, so that a crash between the two loses nothing. A file that is there
 * already has the same content.
 */
export async function nameFile(
  folder: AttachmentFolder,
  from: string,
  sha256: string,
): Promise<void> {
  const to = fileOf(folder, sha256)
  await mkdir(path.dirname(to), { recursive: true, mode: 0o700 })
  await link(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') return
    // A file system without hard links.
    if (error.code === 'EPERM' || error.code === 'ENOTSUP') return rename(from, to)
    throw error
  })
  await flush(path.dirname(to), 'r')
  await flush(folder.files, 'r')
}

/** Without it, a power cut could take the content or the name of a file that the record names. */
export async function flush(place: string, flags: 'r' | 'r+'): Promise<void> {
  let opened: FileHandle | undefined
  try {
    opened = await open(place, flags)
    await opened.sync()
  } finally {
    await opened?.close()
  }
}

/** Removes uploads in which nothing has arrived for a day. @returns how many files */
export async function removeStaleUploads(
  { uploads }: Pick<AttachmentFolder, 'uploads'>,
  now: Date,
): Promise<number> {
  let removed = 0
  for (const name of await readdir(uploads)) {
    const file = path.join(uploads, name)
    const found = await stat(file).catch(() => undefined)
    if (!found?.isFile() || now.getTime() - found.mtimeMs < uploadKeptMs) continue
    await rm(file, { force: true })
    removed += 1
  }
  return removed
}
