import { createHash } from 'node:crypto'
import { createWriteStream, readFileSync } from 'node:fs'
import {
  constants,
  copyFile,
  open,
  readdir,
  readFile,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { sha256Form } from '@/lib/domain/attachment/attachment'
import { hostProblem } from '@/lib/mdm/server-url'
import { type Bucket, openBucket } from './bucket'
import type { BucketSettings } from './bucket-call'
import type { ByteRange } from './byte-range'
import { type AttachmentFolder, attachmentFolderIn, fileOf, openAttachmentFolder } from './folder'

// Where the files of attachments are: in the data folder, and with object storage set there only until the worker has
// moved them (lib/attachment-store/move.ts). So a file is looked for on this machine first.

export type AttachmentStore = AttachmentFolder & { bucket?: Bucket | undefined }

/** The settings that say where files are: lib/env.ts. */
type StoreEnv = {
  ONEWAY_DATA: string
  ONEWAY_S3_ENDPOINT?: string | undefined
  ONEWAY_S3_REGION?: string | undefined
  ONEWAY_S3_BUCKET?: string | undefined
  ONEWAY_S3_PREFIX?: string | undefined
  ONEWAY_S3_KEY_ID?: string | undefined
  ONEWAY_S3_SECRET?: string | undefined
  ONEWAY_S3_SECRET_FILE?: string | undefined
  ONEWAY_S3_PATH_STYLE?: boolean | undefined
}

/**
 * The store of these settings, for who writes there: missing folders are made.
 * @throws Error that names the setting that is wrong
 */
export function openAttachmentStore(env: StoreEnv): AttachmentStore {
  return { ...openAttachmentFolder(env.ONEWAY_DATA), bucket: bucketOf(env) }
}

/** The same for who only reads. */
export function attachmentStoreOf(env: StoreEnv): AttachmentStore {
  return { ...attachmentFolderIn(env.ONEWAY_DATA), bucket: bucketOf(env) }
}

function bucketOf(env: StoreEnv): Bucket | undefined {
  const { ONEWAY_S3_ENDPOINT: endpoint, ONEWAY_S3_BUCKET: bucket, ONEWAY_S3_KEY_ID: keyId } = env
  if (endpoint === undefined || bucket === undefined || keyId === undefined) return undefined
  const url = new URL(endpoint)
  const problem = hostProblem(endpoint, url)
  if (problem !== undefined) throw new Error(`ONEWAY_S3_ENDPOINT is "${endpoint}": ${problem}.`)
  const settings: BucketSettings = {
    endpoint: url,
    bucket,
    keyId,
    secret: env.ONEWAY_S3_SECRET ?? secretIn(env.ONEWAY_S3_SECRET_FILE),
    region: env.ONEWAY_S3_REGION ?? 'us-east-1',
    prefix: env.ONEWAY_S3_PREFIX ?? '',
    pathStyle: env.ONEWAY_S3_PATH_STYLE ?? true,
  }
  return openBucket(settings)
}

function secretIn(file = ''): string {
  let secret = ''
  try {
    secret = readFileSync(file, 'utf8').trim()
  } catch (error) {
    const words = error instanceof Error && 'code' in error ? String(error.code) : 'no such file'
    throw new Error(`ONEWAY_S3_SECRET_FILE is "${file}", which cannot be read: ${words}.`)
  }
  if (secret.length < 8)
    throw new Error('ONEWAY_S3_SECRET_FILE must hold the secret, at least 8 characters.')
  return secret
}

const isMissing = (error: unknown) =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

export type OpenedFile = { size: number; range: ByteRange | undefined; stream: Readable }

/**
 * Opens a file, or the range of it that `pick` chooses when its size is known.
 * @returns undefined if it is nowhere; its size if the range is outside of it
 * @throws BucketFailure
 */
export async function openFile(
  store: AttachmentStore,
  sha256: string,
  pick: (size: number) => ByteRange | 'outside' | undefined = () => undefined,
): Promise<OpenedFile | { size: number; range: 'outside' } | undefined> {
  const opened = await open(fileOf(store, sha256), 'r').catch((error: unknown) => {
    if (isMissing(error)) return undefined
    throw error
  })
  if (opened) {
    const { size } = await opened.stat()
    const range = pick(size)
    if (range !== 'outside') return { size, range, stream: opened.createReadStream(range) }
    await opened.close()
    return { size, range }
  }
  const size = await store.bucket?.sizeOf(sha256)
  if (!store.bucket || size === undefined) return undefined
  const range = pick(size)
  if (range === 'outside') return { size, range }
  return { size, range, stream: await store.bucket.read(sha256, range) }
}

/** The size of a file; undefined if it is nowhere. @throws BucketFailure */
export async function sizeOfFile(
  store: AttachmentStore,
  sha256: string,
): Promise<number | undefined> {
  const found = await stat(fileOf(store, sha256)).catch(() => undefined)
  return found ? found.size : store.bucket?.sizeOf(sha256)
}

/**
 * Copies a file to a place on this machine, flushed before this resolves.
 * @returns why it was not: it is missing, or its content has another hash
 * @throws BucketFailure
 */
export async function copyOut(
  store: AttachmentStore,
  sha256: string,
  to: string,
): Promise<string | undefined> {
  const opened = await openFile(store, sha256)
  if (opened === undefined || opened.range === 'outside') return 'it is missing'
  const now = await writeHashed(opened.stream, to)
  return now === sha256 ? undefined : `its SHA-256 is now ${now}`
}

/** Writes a stream to a file, flushed. @returns the SHA-256 of what was written */
export async function writeHashed(from: Readable, to: string): Promise<string> {
  const hash = createHash('sha256')
  const tap = new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })
  await pipeline(from, tap, createWriteStream(to, { mode: 0o600, flush: true }))
  return hash.digest('hex')
}

/** Copies a file for a program that changes the copy; without reading it where the file system can. */
export async function cloneOut(
  store: AttachmentStore,
  sha256: string,
  to: string,
): Promise<string | undefined> {
  try {
    await copyFile(fileOf(store, sha256), to, constants.COPYFILE_FICLONE)
    return undefined
  } catch (error) {
    if (!isMissing(error)) throw error
    return copyOut(store, sha256, to)
  }
}

/** The files of this machine, by their hashes. */
export async function listFilesHere({ files }: Pick<AttachmentFolder, 'files'>): Promise<string[]> {
  const names = await readdir(files, { recursive: true }).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  return names.map((name) => path.basename(name)).filter((name) => sha256Form.test(name))
}

const stateSchema = z.object({ at: z.iso.datetime(), problem: z.string().max(500).optional() })
/** How the last try to move a file went. */
export type MoveState = z.output<typeof stateSchema>

const stateFile = ({ files }: Pick<AttachmentFolder, 'files'>) =>
  path.join(path.dirname(files), 'object-storage.json')

/** Keeps how the last try went, for the pages of another process. */
export async function keepMoveState(store: AttachmentStore, state: MoveState): Promise<void> {
  const part = `${stateFile(store)}.part`
  await writeFile(part, JSON.stringify(state), { mode: 0o600 })
  await rename(part, stateFile(store))
}

export async function readMoveState(store: AttachmentStore): Promise<MoveState | undefined> {
  const text = await readFile(stateFile(store), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return stateSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
