import type { Sql } from 'postgres'
import { z } from 'zod'

/** A notification by a trigger on the channel `oneway` (lib/db/sql/guards/notify_*.sql). */
const noticeSchema = z.discriminatedUnion('about', [
  z.object({ about: z.literal('device'), deviceId: z.string() }),
  z.object({ about: z.literal('trial'), trialId: z.string() }),
])
/** `anything`: the connection was lost for a while, so anything that is shown may be outdated. */
export type Notice = z.infer<typeof noticeSchema> | { about: 'anything' }

type Listener = (notice: Notice) => void

/** Shares one LISTEN on PostgreSQL among all open pages. */
export function createNoticeBoard(sql: Sql) {
  const listeners = new Set<Listener>()
  let listening: Promise<unknown> | undefined

  const tellAll = (notice: Notice) => {
    for (const listener of listeners) listener(notice)
  }
  const receive = (payload: string) => {
    const notice = noticeSchema.safeParse(readJson(payload))
    // A notification in another form still means that something has changed.
    tellAll(notice.success ? notice.data : { about: 'anything' })
  }
  const listen = () =>
    // postgres.js listens again by itself after a lost connection, and then calls the last argument.
    sql
      .listen('oneway', receive, () => tellAll({ about: 'anything' }))
      .catch((error: unknown) => {
        listening = undefined
        throw error
      })

  /** Resolves once notices arrive, to the function that unsubscribes. Rejects if the database is down. */
  return async function subscribe(listener: Listener): Promise<() => void> {
    listening ??= listen()
    await listening
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
