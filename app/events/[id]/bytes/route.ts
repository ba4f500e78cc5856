import { enterRoute } from '@/lib/auth/door'
import type { Db } from '@/lib/db/client'
import { findRawEvent } from '@/lib/db/raw-events'
import { readEventId } from '../../query'

type Context = { params: Promise<{ id: string }> }

/** The bytes of an event as a file; they may hold anything, so no browser may take them for a page. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params
  return enterRoute(request, 'look', async ({ db }) => bytesOf(db, id, request))
}

async function bytesOf(db: Db, text: string, request: Request): Promise<Response> {
  const id = readEventId(text)
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
