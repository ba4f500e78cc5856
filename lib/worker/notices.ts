import { type DeliverNotices, deliverNext, postTimeoutMs } from '@/lib/core/notices/deliver-notices'
import type { Lanes } from '@/lib/core/release/send-lanes'
import { listDueLanes } from '@/lib/db/queries/outbox/deliveries'
import { mailSettings, sendMail } from '@/lib/mail/smtp'
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

/** Mails a notice; its ID is the mail's as well, so that a repeated one can be recognised. */
export const mailNotice: DeliverNotices['mail'] = async ({ id, ...message }) => {
  const settings = mailSettings()
  if (!settings) return { status: 'failed', reason: 'no mail server is set' }
  return sendMail(settings, { ...message, id })
}

/**
 * Hands each receiver with something due to its own lane, and all mail to one, so that one that hangs holds up no other.
 * @returns how many lanes it filled
 */
export async function deliverNotices(
  round: DeliverNotices & { lanes: Lanes; stopping?: AbortSignal | undefined },
): Promise<number> {
  const { lanes, stopping } = round
  const due = await listDueLanes(round.db, round.clock())
  const free = due.filter((lane) => !lanes.isBusy(lane))
  for (const lane of free)
    lanes.add(lane, async () => {
      while (!stopping?.aborted && (await deliverNext(round, lane)));
    })
  return free.length
}
