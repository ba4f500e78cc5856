import { freeBytesOf, openAttachmentFolder } from '@/lib/attachment-store/folder'
import { createUploads } from '@/lib/attachment-store/uploads'
import { authorizeRoute } from '@/lib/auth/guard'
import { beginAttachment, recordAttachment } from '@/lib/core/record/attach'
import { env } from '@/lib/env'
import { paths } from '@/lib/paths'
import { textAnswer } from '@/lib/text-answers'

type Context = { params: Promise<{ id: string; upload?: string[] }> }

let uploads: ReturnType<typeof createUploads> | undefined

/** Opened with the first upload, as the build imports this file too. */
function openUploads() {
  if (uploads) return uploads
  const folder = openAttachmentFolder(env().ONEWAY_DATA)
  uploads = createUploads(folder, () => freeBytesOf(folder.files))
  return uploads
}

/** One request of an upload to a trial, by the tus protocol: docs/attachments.md. */
async function answer(request: Request, { params }: Context): Promise<Response> {
  const { id: trialId, upload = [] } = await params
  const [uploadId] = upload
  if (upload.length > 1) return textAnswer(404, 'There is no such upload.')
  return authorizeRoute(request, 'observe', async ({ actor, db }) =>
    openUploads()({
      ...{ request, uploadId, trialId, personId: actor.id },
      base: paths.uploads(trialId),
      begin: (wish) => beginAttachment(db, actor, { ...wish, trialId }, new Date()),
      finish: (arrived) => recordAttachment(db, actor, { ...arrived, trialId }, new Date()),
    }),
  )
}

export async function POST(request: Request, context: Context): Promise<Response> {
  return answer(request, context)
}

export async function HEAD(request: Request, context: Context): Promise<Response> {
  return answer(request, context)
}

export async function PATCH(request: Request, context: Context): Promise<Response> {
  return answer(request, context)
}

export async function DELETE(request: Request, context: Context): Promise<Response> {
  return answer(request, context)
}
