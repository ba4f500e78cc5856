import type { IncomingMessage, ServerResponse } from 'node:http'
import type { MdmServer } from '@/lib/db/servers'
import { isSigned } from '@/lib/mdm/signature'
import { readLimitedBody } from './limited-body'

/** What receiving needs, given from outside so that a test can take any of it away. */
export type Receiving = {
  findServer(slug: string): Promise<MdmServer | undefined>
  /** Resolves once the body is committed. */
  keep(heard: { serverId: string; body: Uint8Array; at: Date }): Promise<unknown>
  report(error: unknown): void
  clock(): Date
}

/** The slug in a request's target when it is a webhook's; with or without a slash or a query at its end. */
export function webhookSlug(target: string | undefined): string | undefined {
  return /^\/api\/webhook\/([A-Za-z0-9_-]{1,100})\/?(?:\?|$)/.exec(target ?? '')?.[1]
}

/**
 * Takes one webhook request. Exactly 200, and only once the body is committed: NanoMDM takes every other
 * status for a failure and never tries again
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143). Unsigned bodies
 * are kept nowhere. No word of an error's text reaches the sender.
 */
export async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  slug: string,
  receiving: Receiving,
): Promise<void> {
  try {
    const [status, text] = await judge(request, slug, receiving)
    answer(response, status, text)
  } catch (error) {
    receiving.report(error)
    answer(response, 503, 'the event was not kept')
  }
}

async function judge(
  request: IncomingMessage,
  slug: string,
  { findServer, keep, clock }: Receiving,
): Promise<[status: number, text: string]> {
  if (request.method !== 'POST') return [405, 'a webhook takes POST']
  const at = clock()
  const server = await findServer(slug)
  if (!server) return [404, 'no MDM server has this webhook address']
  const body = await readLimitedBody(request)
  if (!body) return [413, 'a body has at most 8 MiB']
  const signature = request.headers['x-hmac-signature']
  if (!isSigned(body, typeof signature === 'string' ? signature : null, server.hmacKey))
    return [401, 'X-Hmac-Signature does not match the body']
  await keep({ serverId: server.id, body, at })
  return [200, '']
}

function answer(response: ServerResponse, status: number, text: string): void {
  // What is refused may be unread; the connection must not be used for a next request then.
  if (status !== 200) response.setHeader('Connection', 'close')
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end(text)
}
