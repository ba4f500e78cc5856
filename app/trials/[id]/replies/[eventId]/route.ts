import { enterRoute } from '@/lib/auth/door'
import type { Db } from '@/lib/db/client'
import { findTrialReply } from '@/lib/db/trial-view'
import { rawView } from '@/lib/mdm/raw-view'

type Context = { params: Promise<{ id: string; eventId: string }> }

const headers = { 'cache-control': 'private, no-store' }

/** One raw reply: to be looked at as JSON, or with `?as=file` as the bytes it came as. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const wanted = await params
  return enterRoute(
    request,
    'look',
    async ({ db }) => replyOf(db, wanted, request),
    (status, because) => Response.json({ because }, { status, headers }),
  )
}

type Wanted = Awaited<Context['params']>

async function replyOf(db: Db, { id, eventId }: Wanted, request: Request): Promise<Response> {
  const reply = /^\d{1,15}$/.test(eventId)
    ? await findTrialReply(db, id, Number(eventId))
    : undefined
  if (!reply)
    return Response.json({ because: 'This trial has no such reply.' }, { status: 404, headers })
  if (new URL(request.url).searchParams.get('as') !== 'file')
    return Response.json(rawView(reply.payload), { headers })
  const mark = reply.simulated ? 'SIMULATED-' : ''
  // Where no reply could be taken out of the webhook's body, the body is what came.
  const [bytes, kind] = reply.payload ? [reply.payload, 'plist'] : [reply.body, 'json']
  return new Response(new Uint8Array(bytes), {
    headers: {
      ...headers,
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${mark}reply-${reply.id}.${kind}"`,
    },
  })
}
