import { createServer, type IncomingMessage } from 'node:http'
import { receive } from '@/app/api/webhook/[slug]/receive'
import type { Db } from '@/lib/db/client'
import { findServerBySlug } from '@/lib/db/servers'
import { keepEvent } from '@/lib/services/keep-event'

export type Listener = { url(slug: string): string; errors: unknown[]; close(): Promise<void> }

/** The app's own webhook behind a plain HTTP server: the same code that the route handler calls. */
export async function listenForWebhooks(db: Db): Promise<Listener> {
  const errors: unknown[] = []
  const receiving = {
    findServer: (slug: string) => findServerBySlug(db, slug),
    keep: (serverId: string, body: Uint8Array, now: Date) => keepEvent(db, serverId, body, now),
    report: (error: unknown) => errors.push(error),
  }
  const server = createServer(async (incoming, answer) => {
    const slug = incoming.url?.split('/').at(-1) ?? ''
    const response = await receive(await asRequest(incoming), slug, receiving, new Date())
    answer.writeHead(response.status).end(await response.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    url: (slug) => `http://127.0.0.1:${port}/api/webhook/${slug}`,
    errors,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function asRequest(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk))
  const signature = incoming.headers['x-hmac-signature']
  return new Request('http://127.0.0.1/', {
    method: 'POST',
    headers: typeof signature === 'string' ? { 'x-hmac-signature': signature } : {},
    body: Uint8Array.from(Buffer.concat(chunks)),
  })
}
