import { type Authorized, authorizeRoute } from '@/lib/auth/guard'
import { recordExport } from '@/lib/db/audit/record-action'
import { findTrialReply } from '@/lib/db/queries/trials/trial-view'
import { rawView } from '@/lib/mdm/raw-view'

type Context = { params: Promise<{ id: string; eventId: string }> }

const headers = { 'cache-control': 'private, no-store' }

/** One raw reply: to be looked at as JSON, or with `?as=file` as the bytes it came as. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const wanted = await params
  return authorizeRoute(
    request,
    'look',
    async (authorized) => replyOf(authorized, wanted, request),
    (status, reason) => Response.json({ reason }, { status, headers }),
  )
}

type Wanted = Awaited<Context['params']>

async function replyOf(
  { db, actor }: Authorized,
  { id, eventId }: Wanted,
  request: Request,
): Promise<Response> {
  const reply = /^\d{1,15}$/.test(eventId)
    ? await findTrialReply(db, id, Number(eventId))
    : undefined
  if (!reply)
    return Response.json({ reason: 'This trial has no such reply.' }, { status: 404, headers })
  if (new URL(request.url).searchParams.get('as') !== 'file')
    return Response.json(rawView(reply.payload), { headers })
  const mark = reply.simulated ? 'SIMULATED-' : ''
  // Where no reply could be taken out of the webhook's body, the body is what came.
  const [bytes, kind] = reply.payload ? [reply.payload, 'plist'] : [reply.body, 'json']
  const about = { table: 'raw_events', row: String(reply.id), trialId: id }
  const file = { file: 'reply', form: 'bytes', ...about } as const
  return new Response(recordExport(db, actor, file, new Uint8Array(bytes)), {
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${mark}reply-${reply.id}.${kind}"`,
    },
  })
}
