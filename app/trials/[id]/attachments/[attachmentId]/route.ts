import { createReadStream, existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { BucketFailure } from '@/lib/attachment-store/bucket-call'
import { readRange } from '@/lib/attachment-store/byte-range'
import { attachmentFolderIn, previewOf } from '@/lib/attachment-store/folder'
import {
  type AttachmentStore,
  attachmentStoreOf,
  openFile,
  sizeOfFile,
} from '@/lib/attachment-store/store'
import { copyWithoutPlace } from '@/lib/attachment-store/without-place'
import { type Authorized, authorizeRoute } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { recordExport } from '@/lib/db/audit/record-action'
import { findAttachment } from '@/lib/db/queries/trials/attachments'
import { findTrial } from '@/lib/db/queries/trials/trials'
import {
  type AttachmentType,
  attachmentInfo,
  downloadName,
} from '@/lib/domain/attachment/attachment'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { env } from '@/lib/env'
import { textAnswer } from '@/lib/text-answers'

type Context = { params: Promise<{ id: string; attachmentId: string }> }
type Wanted = Awaited<Context['params']>

/**
 * An attachment of a trial: to be looked at, or with `?as=preview` a smaller picture of it, or with `?as=file` as a
 * file that leaves the lab, or `?as=withoutPlace` as a copy without the place it was taken at; the trail has both.
 */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const wanted = await params
  return authorizeRoute(request, 'look', async (authorized) => answer(authorized, wanted, request))
}

const absent = () => textAnswer(404, 'This trial has no such attachment.')

async function answer(
  { db, actor }: Authorized,
  { id: trialId, attachmentId }: Wanted,
  request: Request,
): Promise<Response> {
  if (!uuidForm.test(trialId) || !/^\d{1,15}$/.test(attachmentId)) return absent()
  const attachment = await findAttachment(db, trialId, Number(attachmentId))
  const trial = attachment && (await findTrial(db, trialId))
  if (!attachment || !trial) return absent()
  const as = new URL(request.url).searchParams.get('as')
  // A preview is on this machine, so the object storage and its secret are left alone.
  if (as === 'preview')
    return pictureOf(previewOf(attachmentFolderIn(env().ONEWAY_DATA), attachment.sha256))
  const store = attachmentStoreOf(env())
  const isExport = as === 'file' || as === 'withoutPlace'
  const { type } = attachment
  const headers = {
    'content-type': type,
    'content-disposition': `${attachmentInfo(type).inline && !isExport ? 'inline' : 'attachment'}; filename="${downloadName(attachment, trial)}"`,
    'cache-control': 'no-store, no-transform',
    'x-content-type-options': 'nosniff',
  }
  try {
    if (!isExport) return await bytesOf(store, attachment, request.headers.get('range'), headers)
    const wait = await exportLimitAnswer({ db, actor })
    if (wait) return wait
    const sent = await exportOf(store, attachment, as)
    if (sent instanceof Response) return sent
    const about = { table: 'attachments', row: String(attachment.id), trialId, filter: { as } }
    const exported = { file: 'attachment', form: 'bytes', ...about } as const
    return new Response(recordExport(db, actor, exported, webStream(sent)), { headers })
  } catch (error) {
    if (!(error instanceof BucketFailure)) throw error
    const words = `The file cannot be read now: ${error.message}. The record has its SHA-256; try again in a moment.`
    return textAnswer(503, words, { 'retry-after': '30' })
  }
}

type File = { sha256: string; type: AttachmentType; bytes: number }

/** What leaves the lab: the file as it came, or a copy without the place. */
async function exportOf(
  store: AttachmentStore,
  file: File,
  as: 'file' | 'withoutPlace',
): Promise<Readable | Response> {
  if (as === 'file') {
    const opened = await openFile(store, file.sha256)
    return opened === undefined || opened.range === 'outside' ? missing() : opened.stream
  }
  if ((await sizeOfFile(store, file.sha256)) === undefined) return missing()
  const copy = await copyWithoutPlace(store, file)
  return copy.status === 'refused' ? textAnswer(409, copy.reason) : createReadStream(copy.file)
}

const missing = () =>
  textAnswer(
    410,
    'The file of this attachment is missing. Its row has its SHA-256: restore the file from a backup.',
  )

type Headers = Record<string, string>

/** The whole file or one range of it, read as it is sent. */
async function bytesOf(
  store: AttachmentStore,
  { sha256 }: File,
  asked: string | null,
  headers: Headers,
): Promise<Response> {
  const opened = await openFile(store, sha256, (size) => readRange(asked, size))
  if (opened === undefined) return missing()
  const { size, range } = opened
  if (range === 'outside')
    return textAnswer(416, `The file has ${size} bytes.`, { 'content-range': `bytes */${size}` })
  const both = { ...headers, 'accept-ranges': 'bytes' }
  if (range === undefined)
    return new Response(webStream(opened.stream), {
      headers: { ...both, 'content-length': String(size) },
    })
  const { start, end } = range
  return new Response(webStream(opened.stream), {
    status: 206,
    headers: {
      ...both,
      'content-range': `bytes ${start}-${end}/${size}`,
      'content-length': String(end - start + 1),
    },
  })
}

function pictureOf(file: string): Response {
  if (!existsSync(file)) return textAnswer(404, 'There is no preview of this attachment.')
  return new Response(webStream(createReadStream(file)), {
    headers: { 'content-type': 'image/jpeg', 'content-disposition': 'inline' },
  })
}

function webStream(stream: Readable) {
  // The two types of a web stream, of Node and of the browser, are the same at run time.
  return Readable.toWeb(stream) as ReadableStream<Uint8Array>
}
