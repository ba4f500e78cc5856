import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sql } from 'postgres'
import { keepEvents, type ReceivedEvent } from '@/lib/core/ingest/keep-events'
import { gather } from '@/lib/core/shared/gather'
import { connect } from '@/lib/db/client'
import { systemActor } from '@/lib/domain/account/permissions'
import { createLog } from '@/lib/log'
import { createHeldBodies } from './body-budgets'
import { createForgeries, type Forgeries } from './forgeries'
import { createHeartbeat } from './heartbeat'
import { clientAddress, type IsTrusted } from './request-headers'
import { createServerLookup } from './server-lookup'
import { type Receiving, receive, webhookHoldMs } from './webhook'

/** The channel on which listeners tell each other of senders whose signatures are wrong, minute after minute. */
const floods = 'oneway_floods'
const listenAgainMs = 10_000
/** How long the end of this process waits for a database that may be away. */
const lastWordsMs = 3_000

/** Keeps trying until it listens; postgres.js then listens again by itself whenever the connection was lost. */
function hearFloods(sql: Sql, forgeries: Forgeries): void {
  sql.listen(floods, forgeries.hear).catch(() => {
    setTimeout(() => hearFloods(sql, forgeries), listenAgainMs).unref()
  })
}

/**
 * Opens what receiving events needs: connections that pages cannot use up, and the heartbeat. They reconnect quickly: a
 * database that comes back must be found while requests are still held.
 * @param options.beats whether this process speaks for the address at which MDM servers reach the lab
 */
export function openReceiving(
  databaseUrl: string,
  { isTrusted, beats }: { isTrusted: IsTrusted; beats: boolean },
) {
  const log = createLog('webhook')
  const connection = connect(databaseUrl, {
    max: 4,
    actor: systemActor,
    prepared: true,
    retrySeconds: 0.25,
    connectSeconds: 5,
  })
  const { db, sql } = connection
  const keep = gather<ReceivedEvent>((received) => keepEvents(db, received), {
    maxItems: 200,
    sizeOf: ({ body }) => body.byteLength,
    maxSize: 16 * 1024 * 1024,
  })
  const clock = () => new Date()
  const heartbeat = createHeartbeat(db, {
    clock,
    beats,
    report: (error) => log.error({ err: error }, 'a heartbeat was not written'),
  })
  const forgeries = createForgeries({
    tell: (sender) => void sql.notify(floods, sender).catch(() => undefined),
  })
  if (beats) hearFloods(sql, forgeries)
  const receiving: Receiving = {
    findServer: createServerLookup(db),
    keep: async (received) => {
      await keep(received)
      // The database is back: missed bodies can be recorded now.
      if (heartbeat.missed.isPending()) void heartbeat.recordHeartbeat()
    },
    report: (error) => log.error({ err: error }, 'a webhook body was not kept'),
    clock,
    missed: heartbeat.missed.note,
    holdMs: webhookHoldMs,
    bodies: createHeldBodies(),
    forgeries,
    senderOf: (request) => clientAddress(request, isTrusted),
  }
  let held = 0
  return {
    ...{ db, sql, heartbeat },
    /** Receives one event of an MDM server. */
    async webhook(request: IncomingMessage, response: ServerResponse, slug: string) {
      held += 1
      await receive(request, response, slug, receiving).finally(() => {
        held -= 1
      })
    },
    /** Ends the connections; says before whether anything that was received is lost with this process. */
    async end() {
      const late = new Promise<void>((resolve) => setTimeout(resolve, lastWordsMs).unref())
      await Promise.race([heartbeat.end(held > 0), late])
      await connection.end()
    },
  }
}
