import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { keepEvents } from '@/lib/core/ingest/keep-events'
import type { Db } from '@/lib/db/client'
import { findServerBySlug } from '@/lib/db/queries/servers/servers'
import { receive, webhookSlug } from '@/lib/web/webhook'
import { postSigned } from '../post-signed'

/** The retry deadline of a body that cannot be stored. */
const holdMs = 500

/** Starts a webhook on a free port. `acknowledged` has the SHA-256 of each body that it answered with 200. */
export async function listenOn(db: Db, missed: (slug: string, from: Date, to: Date) => void) {
  const acknowledged: string[] = []
  const server = createServer((request, response) =>
    receive(request, response, webhookSlug(request.url) ?? '', {
      findServer: (slug) => findServerBySlug(db, slug),
      keep: (received) => keepEvents(db, [received]),
      report: () => undefined,
      clock: () => new Date(),
      missed,
      holdMs,
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    acknowledged,
    /** Posts 1 MiB of incompressible bytes; returns the status. */
    post: async (slug: string): Promise<number | undefined> => {
      const body = randomBytes(1024 * 1024)
      const status = await postSigned(port, slug, body)
      if (status === 200) acknowledged.push(createHash('sha256').update(body).digest('hex'))
      return status
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
