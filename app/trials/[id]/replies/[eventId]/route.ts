import { actorOf } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { findTrialReply } from '@/lib/db/trial-view'
import { rawView } from '@/lib/mdm/raw-view'

type Context = { params: Promise<{ id: string; eventId: string }> }

const headers = { 'cache-control': 'private, no-store' }

/** One raw reply: to be looked at as JSON, or with `?as=file` as the bytes it came as. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  if (!(await actorOf(request)))
    return Response.json({ because: 'Sign in first.' }, { status: 401 })
  const { id, eventId } = await params
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
