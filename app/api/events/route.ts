import type { Sql } from 'postgres'
import { z } from 'zod'
import { authorizeRoute } from '@/lib/auth/guard'
import { concerns, createNoticeBoard, type Notice } from '@/lib/db/queries/notices'
import { liveLists } from '@/lib/domain/live'

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
  return authorizeRoute(request, 'look', async ({ sql }) => {
    const wanted = wantedSchema.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!wanted.success)
      return new Response(`lists: names of ${liveLists.join(', ')}, with commas between them`, {
        status: 400,
      })
    return streamTo(request, sql, wanted.data)
  })
}

const wantedSchema = z.object({
  trialId: z.string().optional(),
  deviceId: z.string().optional(),
  lists: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(liveLists)))
    .optional(),
  /** When the page was asked for: only what changed since then is news to it. Without it, anything may be. */
  since: z.iso.datetime().optional(),
})

type Wanted = z.output<typeof wantedSchema>

function streamTo(request: Request, sql: Sql, { since, ...following }: Wanted): Response {
  let finish: () => void = () => undefined
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const encoder = new TextEncoder()
      let open = true
      const say = (text: string) => {
        if (open) controller.enqueue(encoder.encode(text))
      }
      const tell = ({ about }: Notice) => say(`event: change\ndata: ${about}\n\n`)
      const { unsubscribe, mayHaveChanged } = await subscribeToNotices(sql, (notice) => {
        if (concerns(notice, following)) tell(notice)
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
      // Changes before the stream connected were not reported.
      if (!since || mayHaveChanged(new Date(since), following)) tell({ about: 'anything' })
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
