import { pino } from 'pino'
import { db } from '@/lib/db/pool'
import { keepEvent } from '@/lib/services/keep-event'
import { createServerLookup } from './known-servers'
import { type Receiving, receive } from './receive'

const log = pino({ name: 'webhook' })

const receiving: Receiving = {
  findServer: createServerLookup(db),
  keep: (serverId, body, now) => keepEvent(db, serverId, body, now),
  report: (error) => log.error({ err: error }, 'a webhook body was not kept'),
}

/** The webhook of one MDM server. It knows no session: the signature is what it goes by. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ slug: string }> },
): Promise<Response> {
  return receive(request, (await params).slug, receiving, new Date())
}
