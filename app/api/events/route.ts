import type { Sql } from 'postgres'
import { authorizeRoute } from '@/lib/auth/guard'
import { createNoticeBoard, type Notice } from '@/lib/db/queries/notices'

type Subscribe = ReturnType<typeof createNoticeBoard>

// One LISTEN per process, kept over dev reloads as the pool is.
const shared: typeof globalThis & { onewayNotices?: Subscribe } = globalThis

/** Listens to the notices of the database's triggers. */
const subscribeToNotices = (sql: Sql, listener: Parameters<Subscribe>[0]) => {
  shared.onewayNotices ??= createNoticeBoard(sql)
  return shared.onewayNotices(listener)
}

const heartbeatMs = 15_000
// The browser reopens the stream, and the session is checked again then.
const maxStreamMs = 10 * 60_000

/** Notifies an open page that something on it has changed; the page then reads it anew. */
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
      }, maxStreamMs)
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
