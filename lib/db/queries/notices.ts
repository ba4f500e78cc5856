import type { Sql } from 'postgres'
import { z } from 'zod'

/** What a trigger tells on the channel `oneway` (lib/db/sql/guards/tell_*.sql). */
const noticeSchema = z.discriminatedUnion('about', [
  z.object({ about: z.literal('device'), deviceId: z.string() }),
  z.object({ about: z.literal('trial'), trialId: z.string() }),
])
/** `anything`: the connection was gone for a while, so whatever is shown may be old. */
export type Notice = z.infer<typeof noticeSchema> | { about: 'anything' }

type Listener = (notice: Notice) => void

/** One LISTEN on PostgreSQL, told on to as many listeners as there are open pages. */
export function createNoticeBoard(sql: Sql) {
  const listeners = new Set<Listener>()
  let listening: Promise<unknown> | undefined

  const tellAll = (notice: Notice) => {
    for (const listener of listeners) listener(notice)
  }
  const receive = (payload: string) => {
    const notice = noticeSchema.safeParse(readJson(payload))
    // Whoever notifies in another form still tells that something has changed.
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

  /** Resolves once notices come in; the answer takes the listener off again. Throws when the database is down. */
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
