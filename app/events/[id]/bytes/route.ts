import { type Authorized, authorizeRoute } from '@/lib/auth/guard'
import { recordExport } from '@/lib/db/audit/record-action'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { readEventId } from '../../query'

type Context = { params: Promise<{ id: string }> }

/** The bytes of an event as a file; they may hold anything, so no browser may take them for a page. */
export async function GET(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params
  return authorizeRoute(request, 'look', async (authorized) => bytesOf(authorized, id, request))
}

async function bytesOf(
  { db, actor }: Authorized,
  text: string,
  request: Request,
): Promise<Response> {
  const id = readEventId(text)
  const event = id === undefined ? undefined : await findRawEvent(db, id)
  const ofPayload = new URL(request.url).searchParams.get('of') === 'payload'
  const bytes = ofPayload ? event?.payload : event?.body
  if (!event || !bytes) return new Response('There are no such bytes.', { status: 404 })
  const mark = event.simulated ? 'SIMULATED-' : ''
  const name = ofPayload ? `reply-${event.id}.plist` : `event-${event.id}.json`
  const about = {
    table: 'raw_events',
    row: String(event.id),
    deviceId: event.deviceId ?? undefined,
  }
  const file = { file: ofPayload ? 'reply' : 'event', form: 'bytes', ...about } as const
  return new Response(recordExport(db, actor, file, new Uint8Array(bytes)), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${mark}${name}"`,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  })
}
