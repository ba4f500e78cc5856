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

export type Subscription = {
  unsubscribe: () => void
  /** Whether something that this page follows may have changed since then; `true` if that is not known any more. */
  mayHaveChanged: (since: Date, following: Following) => boolean
}

/** How many notices are kept for pages that were asked for before them and follow after them. */
const keptNotices = 2000
/** By so much the clocks of two machines with web processes may differ, and a page's request be behind its stamp. */
const clocksDifferMs = 5000

/** Shares one LISTEN on PostgreSQL among all open pages. */
export function createNoticeBoard(sql: Sql) {
  const listeners = new Set<Listener>()
  let listening: Promise<unknown> | undefined
  let kept: { at: number; notice: Notice }[] = []
  /** Every notice since then is among those kept. */
  let completeSince = Number.POSITIVE_INFINITY

  const tellAll = (notice: Notice) => {
    if (kept.length === keptNotices) {
      kept = kept.slice(keptNotices / 2)
      completeSince = Math.max(completeSince, kept[0]?.at ?? Date.now())
    }
    kept.push({ at: Date.now(), notice })
    for (const listener of listeners) listener(notice)
  }
  const mayHaveChanged = (since: Date, following: Following) => {
    const from = since.getTime() - clocksDifferMs
    return (
      from < completeSince ||
      kept.some(({ at, notice }) => at >= from && concerns(notice, following))
    )
  }
  const receive = (payload: string) => {
    const notice = noticeSchema.safeParse(readJson(payload))
    // A notification in another form still means that something has changed.
    tellAll(notice.success ? notice.data : { about: 'anything' })
  }
  const listen = () =>
    // postgres.js listens again by itself after a lost connection, and then calls the last argument.
    sql
      .listen('oneway', receive, () => {
        completeSince = Date.now()
        tellAll({ about: 'anything' })
      })
      .catch((error: unknown) => {
        listening = undefined
        throw error
      })

  /** Resolves once notices arrive. Rejects if the database is down. */
  return async function subscribe(listener: Listener): Promise<Subscription> {
    listening ??= listen()
    await listening
    listeners.add(listener)
    return { unsubscribe: () => listeners.delete(listener), mayHaveChanged }
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
