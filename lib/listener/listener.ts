import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerHealth, isHealthPath } from '@/lib/operations/health'
import { type Front, say } from '@/lib/web/front'
import { nameRequest } from '@/lib/web/request-log'
import { guardResponse, makeNonce } from '@/lib/web/response-headers'
import { webhookSlug } from '@/lib/web/webhook'
import { withRequestId } from '../request-id'

/** What the listener answers with. */
export type Hearing = Pick<Front, 'https' | 'isTrusted' | 'isReady' | 'onRequest' | 'webhook'> & {
  /** Hands a request for a page on; without it there are no pages at this address. */
  passOn?: ((request: IncomingMessage, response: ServerResponse, id: string) => void) | undefined
}

/**
 * Answers the events of MDM servers, which are kept whatever the pages are doing, and hands every other request on.
 * The web server guards what it is handed; nothing of it is judged here.
 */
export function hearing({ passOn, ...front }: Hearing) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const id = nameRequest(request, response, front.isTrusted)
    withRequestId(id, () => {
      const slug = webhookSlug(request.url)
      if (slug === undefined && passOn && !isHealthPath(request.url))
        return passOn(request, response, id)
      front.onRequest?.(request, response)
      guardResponse(request, response, { nonce: makeNonce(), dev: false, https: front.https })
      if (slug !== undefined) return front.webhook(request, response, slug)
      if (answerHealth(request, response, front.isReady)) return
      say(response, 404, 'This process receives the events of MDM servers and has no pages.')
    })
  }
}
