import { createServer } from 'node:http'
import { keepEvents } from '@/lib/core/ingest/keep-events'
import type { Db } from '@/lib/db/client'
import { findServerBySlug } from '@/lib/db/queries/servers/servers'
import { paths } from '@/lib/paths'
import { createHeartbeat } from '@/lib/web/heartbeat'
import { type Receiving, receive, webhookSlug } from '@/lib/web/webhook'

export type Listener = {
  /** The webhook's address; `token` is the secret for a server that does not sign. */
  url(slug: string, token?: string): string
  errors: unknown[]
  close(): Promise<void>
}

/**
 * Starts the app's webhook on a free port.
 * @param isLost whether a body is answered with 200 and not stored, as if it were lost on the way
 */
export async function listenForWebhooks(
  db: Db,
  isLost: (body: string) => boolean = () => false,
): Promise<Listener> {
  const errors: unknown[] = []
  const receiving: Receiving = {
    findServer: (slug) => findServerBySlug(db, slug),
    keep: (received) =>
      isLost(Buffer.from(received.body).toString())
        ? Promise.resolve([])
        : keepEvents(db, [received]),
    report: (error) => errors.push(error),
    clock: () => new Date(),
  }
  const heartbeat = createHeartbeat(db, receiving)
  const server = createServer((request, response) =>
    receive(request, response, webhookSlug(request.url) ?? '', receiving),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  heartbeat.start()
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: (slug, token) => `http://127.0.0.1:${port}${paths.webhook(slug, token)}`,
    errors,
    close: async () => {
      heartbeat.stop()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await heartbeat.end(false)
    },
  }
}
