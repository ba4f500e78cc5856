import { createReadStream, existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { readRange } from '@/lib/attachment-store/byte-range'
import { attachmentFolderIn, fileOf, previewOf } from '@/lib/attachment-store/folder'
import { copyWithoutPlace } from '@/lib/attachment-store/without-place'
import { type Authorized, authorizeRoute } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { recordExport } from '@/lib/db/audit/record-action'
import { findAttachment } from '@/lib/db/queries/trials/attachments'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { attachmentInfo, downloadName } from '@/lib/domain/attachment/attachment'
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
  const folder = attachmentFolderIn(env().ONEWAY_DATA)
  const as = new URL(request.url).searchParams.get('as')
  const { type, sha256 } = attachment
  if (as === 'preview') return pictureOf(previewOf(folder, sha256))
  const file = fileOf(folder, sha256)
  if (!existsSync(file))
    return textAnswer(
      410,
      'The file of this attachment is missing from the data folder. Its row has its SHA-256: restore the file from a backup.',
    )
  const isExport = as === 'file' || as === 'withoutPlace'
  const name = downloadName(attachment, trial)
  const headers = {
    'content-type': type,
    'content-disposition': `${attachmentInfo(type).inline && !isExport ? 'inline' : 'attachment'}; filename="${name}"`,
    'cache-control': 'no-store, no-transform',
    'x-content-type-options': 'nosniff',
  }
  if (!isExport) return bytesOf(file, request.headers.get('range'), headers)
  const wait = await exportLimitAnswer({ db, actor })
  if (wait) return wait
  const sent =
    as === 'file' ? { status: 'made' as const, file } : await copyWithoutPlace(folder, attachment)
  if (sent.status === 'refused') return textAnswer(409, sent.reason)
  const about = { table: 'attachments', row: String(attachment.id), trialId, filter: { as } }
  const exported = { file: 'attachment', form: 'bytes', ...about } as const
  return new Response(recordExport(db, actor, exported, streamOf(sent.file)), { headers })
}

type Headers = Record<string, string>

/** The whole file or one range of it, read as it is sent. */
async function bytesOf(file: string, asked: string | null, headers: Headers): Promise<Response> {
  const { size } = await stat(file)
  const range = readRange(asked, size)
  const both = { ...headers, 'accept-ranges': 'bytes' }
  if (range === 'outside')
    return textAnswer(416, `The file has ${size} bytes.`, { 'content-range': `bytes */${size}` })
  if (range === undefined)
    return new Response(streamOf(file), { headers: { ...both, 'content-length': String(size) } })
  const { start, end } = range
  return new Response(streamOf(file, { start, end }), {
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
  return new Response(streamOf(file), {
    headers: { 'content-type': 'image/jpeg', 'content-disposition': 'inline' },
  })
}

function streamOf(file: string, range: { start?: number; end?: number } = {}) {
  // The two types of a web stream, of Node and of the browser, are the same at run time.
  return Readable.toWeb(createReadStream(file, range)) as ReadableStream<Uint8Array>
}
