import type { MdmServer } from '@/lib/db/servers'
import { isSigned } from '@/lib/mdm/signature'
import { readLimitedBody } from './limited-body'

/** What receiving needs, given from outside so that a test can take any of it away. */
export type Receiving = {
  findServer(slug: string): Promise<MdmServer | undefined>
  /** Resolves once the body is committed; with the event's id, or undefined for an idle poll. The worker reads it. */
  keep(serverId: string, body: Uint8Array, now: Date): Promise<number | undefined>
  report(error: unknown): void
}

const answer = (status: number, text: string) => new Response(text, { status })

/**
 * Takes one webhook request. Exactly 200, and only once the body is committed: NanoMDM takes every other
 * status for a failure and never tries again
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go#L143). Unsigned bodies
 * are kept nowhere. No word of an error's text reaches the sender.
 */
export async function receive(
  request: Request,
  slug: string,
  { findServer, keep, report }: Receiving,
  now: Date,
): Promise<Response> {
  try {
    const server = await findServer(slug)
    if (!server) return answer(404, 'no MDM server has this webhook address')
    const body = await readLimitedBody(request)
    if (!body) return answer(413, 'a body has at most 8 MiB')
    if (!isSigned(body, request.headers.get('x-hmac-signature'), server.hmacKey))
      return answer(401, 'X-Hmac-Signature does not match the body')
    await keep(server.id, body, now)
    return answer(200, '')
  } catch (error) {
    report(error)
    return answer(503, 'the event was not kept')
  }
}
