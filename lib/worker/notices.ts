import { type DeliverNotices, deliverNext, postTimeoutMs } from '@/lib/core/notices/deliver-notices'
import type { Lanes } from '@/lib/core/release/send-lanes'
import { listDueTargets } from '@/lib/db/queries/outbox/deliveries'
import { callOnce } from '@/lib/mdm/transport'

/** Enough to see that it was an answer; nothing of it is read. */
const maxAnswerBytes = 16 * 1024

/** Posts over a new connection with the checks of calls to MDM servers: TLS verified, no redirect, no metadata service. */
export const postNotice: DeliverNotices['post'] = (text, headers, body) => {
  const url = new URL(text)
  return callOnce({
    ...{ url, method: 'POST', path: url.pathname, headers },
    ...{ body: new TextEncoder().encode(body), timeoutMs: postTimeoutMs, maxAnswerBytes },
  })
}

/**
 * Hands each receiver with something due to its own lane, so that one that hangs holds up no other.
 * @returns how many lanes it filled
 */
export async function deliverNotices(
  round: DeliverNotices & { lanes: Lanes; stopping?: AbortSignal | undefined },
): Promise<number> {
  const { lanes, stopping } = round
  const due = await listDueTargets(round.db, round.clock())
  const free = due.filter((targetId) => !lanes.isBusy(targetId))
  for (const targetId of free)
    lanes.add(targetId, async () => {
      while (!stopping?.aborted && (await deliverNext(round, targetId)));
    })
  return free.length
}
