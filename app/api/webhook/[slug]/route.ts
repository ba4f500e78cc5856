import { after } from 'next/server'
import { pino } from 'pino'
import { db } from '@/lib/db/pool'
import { keepEvent } from '@/lib/services/keep-event'
import { readOrSetAside } from '@/lib/services/read-or-set-aside'
import { createEventReader } from './event-reader'
import { createServerLookup } from './known-servers'
import { type Receiving, receive } from './receive'

const log = pino({ name: 'webhook' })

const { readSoon } = createEventReader(
  (id) => readOrSetAside(db, id, new Date()),
  (error, eventId) => log.error({ err: error, eventId }, 'a kept event was not read yet'),
)

const receiving: Receiving = {
  findServer: createServerLookup(db),
  keep: (serverId, body, now) => keepEvent(db, serverId, body, now),
  readLater: (id) => after(() => readSoon(id)),
  report: (error) => log.error({ err: error }, 'a webhook body was not kept'),
}

/** The webhook of one MDM server. It knows no session: the signature is what it goes by. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ slug: string }> },
): Promise<Response> {
  return receive(request, (await params).slug, receiving, new Date())
}
