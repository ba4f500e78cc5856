import type { Sql } from 'postgres'
import { authorizeRoute } from '@/lib/auth/guard'
import type { Notice } from '@/lib/db/queries/notices'
import { subscribeToNotices } from './notices'

const heartbeatMs = 15_000
// A browser opens the stream anew by itself, and is asked again then whether its session still holds.
const longestMs = 10 * 60_000

/** Tells an open page that something it shows has changed; what, the page reads by itself. */
export async function GET(request: Request): Promise<Response> {
  return authorizeRoute(request, 'look', async ({ sql }) => streamTo(request, sql))
}

function streamTo(request: Request, sql: Sql): Response {
  const wanted = new URL(request.url).searchParams
  const [trialId, deviceId] = [wanted.get('trialId'), wanted.get('deviceId')]
  const concerns = (notice: Notice) =>
    notice.about === 'anything' ||
    (trialId === null && deviceId === null) ||
    (notice.about === 'trial' ? notice.trialId === trialId : notice.deviceId === deviceId)

  let finish: () => void = () => undefined
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const encoder = new TextEncoder()
      let open = true
      const say = (text: string) => {
        if (open) controller.enqueue(encoder.encode(text))
      }
      const unsubscribe = await subscribeToNotices(sql, (notice) => {
        if (concerns(notice)) say(`event: change\ndata: ${notice.about}\n\n`)
      })
      const heartbeat = setInterval(() => say(': still here\n\n'), heartbeatMs)
      finish = () => {
        if (!open) return
        open = false
        unsubscribe()
        clearInterval(heartbeat)
        clearTimeout(ending)
      }
      const ending = setTimeout(() => {
        finish()
        controller.close()
      }, longestMs)
      request.signal.addEventListener('abort', finish)
      if (request.signal.aborted) finish()
      say('retry: 2000\n\n')
    },
    cancel: () => finish(),
  })
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
