import { createHash, hash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { PassThrough, type Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { type AttachmentType, sha256Form, uploadKeptMs } from '@/lib/domain/attachment/attachment'
import {
  type BucketCall,
  BucketFailure,
  type BucketSettings,
  between,
  callBucket,
  errorCodeIn,
  failureOf,
  readText,
  refusalOf,
} from './bucket-call'
import type { ByteRange } from './byte-range'
import { readFacts } from './folder'

// The files of attachments in object storage: an object is named by its SHA-256, is written whole or not at all, and is
// never deleted.

/** S3 takes parts from 5 MiB on, and at most 10,000 of them: a file of 2 GiB has 256. */
const partBytes = 8 * 1024 * 1024
/** A storage may put the parts together before it answers. */
const quietEndMs = 10 * 60_000
const quietPartMs = 60_000
const pausesMs = [1_000, 4_000]

export type PutFile = { sha256: string; bytes: number; type: AttachmentType }

/** What lies on this machine is not what the record says; nothing was written to the storage. */
export class DamagedFile extends Error {}

export type Bucket = ReturnType<typeof openBucket>

type Options = Pick<BucketCall, 'signal' | 'lookup'> & { retryPausesMs?: readonly number[] }

/**
 * The bucket of these settings; nothing is asked of it yet.
 * @param signal ends every request that is under way
 */
export function openBucket(settings: BucketSettings, options: Options = {}) {
  const { retryPausesMs = pausesMs, signal, lookup } = options
  const call = (asked: BucketCall) => callBucket(settings, { ...asked, signal, lookup })

  /** The size of a file; undefined if it is not there. */
  async function sizeOf(sha256: string): Promise<number | undefined> {
    try {
      const answer = await call({ method: 'HEAD', object: objectOf(sha256) })
      answer.resume()
      return Number(answer.headers['content-length'] ?? -1)
    } catch (error) {
      if (error instanceof BucketFailure && error.status === 404) return undefined
      throw error
    }
  }

  /** The bytes of a file, or of a range of it, as they arrive; if they break off, the stream ends with a BucketFailure. */
  async function read(sha256: string, range?: ByteRange): Promise<Readable> {
    const headers = range && { range: `bytes=${range.start}-${range.end}` }
    const answer = await call({
      ...{ method: 'GET', object: objectOf(sha256) },
      ...(headers && { headers }),
    })
    if (range === undefined || answer.statusCode === 206) {
      const bytes = new PassThrough()
      answer.on('error', (error) => bytes.destroy(failureOf(settings, error)))
      bytes.once('close', () => answer.destroy())
      return answer.pipe(bytes)
    }
    answer.destroy()
    throw new BucketFailure(
      'refused',
      `the object storage at ${settings.endpoint.host} answers no range of a file`,
    )
  }

  /** Size and SHA-256 of what the storage returns, every byte of it. */
  const factsOf = async (sha256: string) => readFacts(await read(sha256))

  /** A part is sent again after a pause if its connection or the storage fails; the same part twice is one part. */
  async function putAgain(asked: BucketCall) {
    for (const ms of [...retryPausesMs, undefined]) {
      try {
        return await call(asked)
      } catch (error) {
        const mayPass =
          error instanceof BucketFailure &&
          (error.kind === 'noAnswer' || (error.kind === 'refused' && (error.status ?? 0) >= 500))
        if (!mayPass || ms === undefined || signal?.aborted) throw error
        await pause(ms)
      }
    }
    throw new Error('the last try neither succeeds nor throws')
  }

  const headersOf = ({ sha256, type }: PutFile) => ({
    'content-type': type,
    'x-amz-meta-sha256': sha256,
  })

  /**
   * Writes a file of this machine, in parts. What the storage then has is judged by reading it back.
   * @throws BucketFailure; DamagedFile before anything is written under its name
   */
  async function put(from: string, file: PutFile): Promise<void> {
    const opened = await open(from, 'r')
    try {
      if (file.bytes <= partBytes) await putWhole(opened, file)
      else await putParts(opened, file)
    } finally {
      await opened.close()
    }
  }

  async function putWhole(opened: FileHandle, file: PutFile): Promise<void> {
    const body = await readPart(opened, 0, file.bytes + 1)
    if (body.byteLength !== file.bytes || hash('sha256', body) !== file.sha256) throw damaged(file)
    const object = objectOf(file.sha256)
    const headers = headersOf(file)
    await drain(await putAgain({ method: 'PUT', object, headers, body, quietMs: quietPartMs }))
  }

  async function putParts(opened: FileHandle, file: PutFile): Promise<void> {
    const object = objectOf(file.sha256)
    const begun = await call({
      ...{ method: 'POST', object, query: { uploads: '' }, headers: headersOf(file) },
    })
    const uploadId = between(await readText(settings, begun), '<UploadId>', '</UploadId>')
    if (uploadId === undefined || uploadId === '')
      throw new BucketFailure('refused', `${settings.endpoint.host} began no upload in parts`)
    try {
      const marks = await sendParts(opened, file, { object, uploadId: unescaped(uploadId) })
      await complete(object, unescaped(uploadId), marks)
    } catch (error) {
      await abort(object, unescaped(uploadId)).catch(() => undefined)
      throw error
    }
  }

  /** @returns the mark that the storage gives each part */
  async function sendParts(
    opened: FileHandle,
    file: PutFile,
    { object, uploadId }: { object: string; uploadId: string },
  ): Promise<string[]> {
    const hash = createHash('sha256')
    const marks: string[] = []
    for (let at = 0; at < file.bytes; at += partBytes) {
      const body = await readPart(opened, at, partBytes)
      hash.update(body)
      const query = { partNumber: String(marks.length + 1), uploadId }
      const answer = await putAgain({
        ...{ method: 'PUT', object, query, body, quietMs: quietPartMs },
        headers: { 'content-type': 'application/octet-stream' },
      })
      await drain(answer)
      marks.push(answer.headers.etag ?? '')
    }
    const { size } = await opened.stat()
    if (size !== file.bytes || hash.digest('hex') !== file.sha256) throw damaged(file)
    return marks
  }

  async function complete(object: string, uploadId: string, marks: string[]): Promise<void> {
    const parts = marks.map(
      (mark, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(mark)}</ETag></Part>`,
    )
    const body = Buffer.from(
      `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`,
    )
    const headers = { 'content-type': 'application/xml' }
    const answer = await call({
      ...{ method: 'POST', object, query: { uploadId }, headers, body, quietMs: quietEndMs },
    })
    // S3 may answer 200 first, and then say that it failed.
    const text = await readText(settings, answer)
    if (errorCodeIn(text) !== undefined) throw refusalOf(settings, 500, text)
  }

  const abort = async (object: string, uploadId: string): Promise<void> =>
    drain(await call({ method: 'DELETE', object, query: { uploadId } }))

  /** Ends uploads in parts that a kill left behind a day ago or earlier. @returns how many */
  async function abortStale(now: Date): Promise<number> {
    const query = { uploads: '', prefix: settings.prefix }
    const text = await readText(settings, await call({ method: 'GET', query }))
    let aborted = 0
    for (const { object, uploadId, begunAt } of unfinishedIn(text, settings.prefix)) {
      if (!(now.getTime() - begunAt >= uploadKeptMs)) continue
      await abort(object, uploadId)
      aborted += 1
    }
    return aborted
  }

  /** Writes a small object and reads it back: whether the storage can be used as it is set. */
  async function check(): Promise<void> {
    const body = Buffer.from('Oneway writes this object at each start, and reads it back.\n')
    const headers = { 'content-type': 'text/plain' }
    await drain(await call({ method: 'PUT', object: 'write-check', headers, body }))
    const answer = await call({ method: 'GET', object: 'write-check' })
    if ((await readText(settings, answer)) !== body.toString())
      throw new BucketFailure(
        'altered',
        `${settings.endpoint.host} returns other bytes than it got`,
      )
  }

  return { settings, sizeOf, read, factsOf, put, abortStale, check }
}

/**
 * The name of a file's object, without the prefix.
 * @throws Error on anything but a SHA-256 in hex
 */
function objectOf(sha256: string): string {
  if (!sha256Form.test(sha256)) throw new Error('a file is named by its SHA-256')
  return sha256
}

const damaged = ({ sha256 }: PutFile) =>
  new DamagedFile(`the file ${sha256} on this machine is not what was recorded`)

async function drain(answer: Readable): Promise<void> {
  for await (const _ of answer);
}

/** Up to so many bytes of a file from a place in it. */
async function readPart(opened: FileHandle, at: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes)
  let read = 0
  while (read < bytes) {
    const { bytesRead } = await opened.read(buffer, read, bytes - read, at + read)
    if (bytesRead === 0) break
    read += bytesRead
  }
  return buffer.subarray(0, read)
}

const signs: readonly [string, string][] = [
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&quot;', '"'],
  ['&#34;', '"'],
  ['&apos;', "'"],
  ['&amp;', '&'],
]
const unescaped = (text: string) =>
  signs.reduce((so, [written, sign]) => so.replaceAll(written, sign), text)
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The uploads of a list whose names are of ours. */
function unfinishedIn(text: string, prefix: string) {
  return text
    .split('<Upload>')
    .slice(1)
    .flatMap((part) => {
      const key = between(part, '<Key>', '</Key>') ?? ''
      const object = key.startsWith(prefix) ? key.slice(prefix.length) : ''
      const uploadId = unescaped(between(part, '<UploadId>', '</UploadId>') ?? '')
      const begunAt = Date.parse(between(part, '<Initiated>', '</Initiated>') ?? '')
      return sha256Form.test(object) && uploadId !== '' ? [{ object, uploadId, begunAt }] : []
    })
}
