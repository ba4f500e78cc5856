import { readFile } from 'node:fs/promises'
import { attachmentFolderIn, previewOf } from '@/lib/attachment-store/folder'
import { type AuthorizedByRoute, authorizeRoute } from '@/lib/auth/guard'
import { exportLimitAnswer } from '@/lib/auth/refusal-answers'
import { reportDocument } from '@/lib/core/record/report/report-document'
import type { TrialReport } from '@/lib/core/record/report/report-format'
import { exportReport } from '@/lib/core/record/report/report-trial'
import { type Body, recordExport } from '@/lib/db/audit/record-action'
import type { Db } from '@/lib/db/client'
import { listAttachments, listPreviews } from '@/lib/db/queries/trials/attachments'
import { type PicturedPhoto, reportPhotos } from '@/lib/domain/report/photos'
import { env } from '@/lib/env'
import { renderInThread } from '@/lib/report-pdf/render-in-thread'
import { fileAnswer, textAnswer } from '@/lib/text-answers'

type Context = { params: Promise<{ id: string }> }

const types = { json: 'application/json; charset=utf-8', pdf: 'application/pdf' } as const
type Form = keyof typeof types

const codes = { absent: 404, refused: 403 } as const

/** The report of one trial as a file: JSON by docs/trial-report.schema.json, or with `?as=pdf` a PDF. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params
  const as = new URL(request.url).searchParams.get('as') ?? 'json'
  return authorizeRoute(request, 'readTrail', async (authorized) =>
    as === 'json' || as === 'pdf'
      ? ((await exportLimitAnswer(authorized)) ?? answer(authorized, id, as))
      : textAnswer(400, 'as: Accepted: json, pdf.'),
  )
}

async function answer(
  { actor, db }: AuthorizedByRoute,
  trialId: string,
  as: Form,
): Promise<Response> {
  const reported = await exportReport(db, actor, { trialId }, new Date())
  if (reported.status !== 'reported') return textAnswer(codes[reported.status], reported.reason)
  const { report } = reported
  const written = await write(db, report, as)
  if ('problem' in written) return textAnswer(503, written.problem)
  const about = { table: 'trials', row: trialId, trialId, filter: { as } }
  const name = `${report.name}${report.mark ? '-SIMULATED' : ''}-report.${as}`
  return fileAnswer(
    recordExport(db, actor, { file: 'trial report', form: 'bytes', ...about }, written.body),
    { type: types[as], name },
  )
}

async function write(
  db: Db,
  report: TrialReport,
  as: Form,
): Promise<{ body: Body } | { problem: string }> {
  if (as === 'json') return { body: `${JSON.stringify(report, null, 1)}\n` }
  const rendered = await renderInThread(reportDocument(report), await photosOf(db, report))
  return rendered.status === 'rendered' ? { body: rendered.pdf } : { problem: rendered.reason }
}

/** Of all pictures of one file: what is beyond it is named and has none, as the file is written in memory. */
const maxPictureBytes = 32 * 1024 * 1024

async function photosOf(
  db: Db,
  { trial: { id }, observations }: TrialReport,
): Promise<PicturedPhoto[]> {
  const [attachments, previews] = await Promise.all([listAttachments(db, id), listPreviews(db, id)])
  if (attachments.length === 0) return []
  const folder = attachmentFolderIn(env().ONEWAY_DATA)
  const photos: PicturedPhoto[] = []
  let bytes = 0
  for (const photo of reportPhotos(attachments, previews, observations)) {
    // A picture can be lost with a disk; the worker makes it again, and the file says that it is missing.
    const jpeg =
      photo.without === undefined
        ? await readFile(previewOf(folder, photo.sha256)).catch(() => undefined)
        : undefined
    bytes += jpeg?.byteLength ?? 0
    const fits = jpeg === undefined || bytes <= maxPictureBytes
    photos.push(fits ? { ...photo, jpeg } : { ...photo, jpeg: undefined, without: beyond })
  }
  return photos
}

const beyond = `Without a picture here: this file holds ${maxPictureBytes / 1024 / 1024} MiB of pictures at most. The page of the report shows it.`
