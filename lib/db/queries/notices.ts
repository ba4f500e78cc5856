import type { Sql } from 'postgres'
import { z } from 'zod'
import { type LiveList, liveLists } from '@/lib/domain/live'

/** A notification by a trigger on the channel `oneway` (lib/db/sql/guards/notify_*.sql). */
const noticeSchema = z.discriminatedUnion('about', [
  z.object({ about: z.literal('device'), deviceId: z.string() }),
  z.object({ about: z.literal('trial'), trialId: z.string() }),
  z.object({ about: z.literal('list'), list: z.enum(liveLists) }),
])
/** `anything`: the connection was lost for a while, so anything that is shown may be outdated. */
export type Notice = z.infer<typeof noticeSchema> | { about: 'anything' }

/** What an open page follows; everything if it names nothing. */
export type Following = {
  trialId?: string | undefined
  deviceId?: string | undefined
  lists?: readonly LiveList[] | undefined
}

/** Whether a page that follows this may be outdated by the notice. */
export function concerns(notice: Notice, { trialId, deviceId, lists }: Following): boolean {
  if (notice.about === 'anything') return true
  if (trialId === undefined && deviceId === undefined && lists === undefined) return true
  const follows = (list: LiveList) => lists?.includes(list) ?? false
  if (notice.about === 'trial') return notice.trialId === trialId || follows('trials')
  if (notice.about === 'device') return notice.deviceId === deviceId || follows('devices')
  return follows(notice.list)
}

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
