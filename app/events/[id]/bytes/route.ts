import { actorOf } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { findRawEvent } from '@/lib/db/raw-events'
import { readEventId } from '../../query'

type Context = { params: Promise<{ id: string }> }

/** The bytes of an event as a file; they may hold anything, so no browser may take them for a page. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  if (!(await actorOf(request))) return new Response('Sign in first.', { status: 401 })
  const id = readEventId((await params).id)
  const event = id === undefined ? undefined : await findRawEvent(db, id)
  const ofPayload = new URL(request.url).searchParams.get('of') === 'payload'
  const bytes = ofPayload ? event?.payload : event?.body
  if (!event || !bytes) return new Response('There are no such bytes.', { status: 404 })
  const mark = event.simulated ? 'SIMULATED-' : ''
  const name = ofPayload ? `reply-${event.id}.plist` : `event-${event.id}.json`
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${mark}${name}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  })
}
