import type { Db } from '@/lib/db/client'
import {
  type ClaimedDelivery,
  claimDelivery,
  deleteEnded,
  giveUpWaiting,
  settleDelivery,
} from '@/lib/db/queries/outbox/deliveries'
import { openSecrets, switchTargetOff } from '@/lib/db/queries/outbox/targets'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import {
  afterTry,
  keptDays,
  maxTries,
  resultOfStatus,
  type TryResult,
} from '@/lib/domain/notice/delivery'
import { noticeBody, noticeTopics, type StoredNotice } from '@/lib/domain/notice/topics'
import type { HttpAnswer, TransportFailure } from '@/lib/mdm/settle'
import { paths } from '@/lib/paths'
import { signedHeaders } from './sign-notice'

/** One POST to a receiver; must not reject, and ends within `postTimeoutMs`. */
type PostNotice = (
  url: string,
  headers: Record<string, string>,
  body: string,
) => Promise<HttpAnswer | TransportFailure>

/** One mail to one person; must not reject. */
type MailNotice = (mail: {
  to: string
  subject: string
  text: string
  id: string
}) => Promise<{ status: 'sent' } | { status: 'failed'; reason: string }>

export const postTimeoutMs = 10_000
/** Longer than a try takes with the statements around it: afterwards its worker counts as dead. */
const claimMs = 60_000

export type DeliverNotices = {
  db: Db
  post: PostNotice
  mail: MailNotice
  /** The address under which browsers reach Oneway, for the links. */
  baseUrl: string
  clock: () => Date
}

/**
 * Tries the oldest delivery of a lane that is due. No transaction is open meanwhile. If the process ends between
 * the answer and the record of it, the notice is sent again after `claimMs`, with the same ID.
 * @returns whether there was one
 */
export async function deliverNext(round: DeliverNotices, lane: string): Promise<boolean> {
  const { db, clock } = round
  const now = clock()
  const until = new Date(now.getTime() + claimMs)
  const claimed = await transact(db, systemActor, (tx) => claimDelivery(tx, lane, { now, until }))
  if (!claimed) return false
  const result =
    claimed.tries > maxTries
      ? { result: 'failed' as const, reason: 'the last try was cut off; it may have arrived' }
      : await tryOnce(round, claimed, now)
  const endedAt = clock()
  await transact(db, systemActor, async (tx) => {
    const after = afterTry(result, claimed.tries, endedAt)
    const counts = await settleDelivery(tx, claimed, { result, after })

    if (counts && result.result === 'gone' && 'targetId' in claimed)
      await switchTargetOff(tx, claimed.targetId, 'it answered 410: it wants no more notices')
  })
  return true
}

async function tryOnce(
  { db, post, mail, baseUrl }: DeliverNotices,
  claimed: ClaimedDelivery,
  now: Date,
): Promise<TryResult> {
  const { notice } = claimed
  const link = `${baseUrl}${pageOf(notice)}`
  if ('email' in claimed) {
    const sent = await mail(mailOf(notice, { to: claimed.email, link, baseUrl }))
    if (sent.status === 'sent')
      return { result: 'delivered', reason: 'accepted by the mail server' }
    return { result: 'failed', reason: sent.reason }
  }
  const { targetId, url } = claimed
  const secrets = await openSecrets(db, targetId, now)
  if (secrets.length === 0)
    return { result: 'failed', reason: 'its secret cannot be decrypted; make a new one' }
  const body = JSON.stringify(noticeBody(notice, link))
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'Oneway (notices)',
    ...signedHeaders({ id: notice.id, body, at: now }, secrets),
  }
  const answer = await post(url, headers, body)
  // A status is enough: what follows it may be endless, or be cut off.
  if (answer.httpStatus !== undefined) return resultOfStatus(answer.httpStatus)
  return { result: 'failed', reason: 'failed' in answer ? words[answer.failed] : 'no answer' }
}

/** A mail as short as the webhook: what happened, and where to look. Nothing that a person typed is in it. */
function mailOf(
  { id, topic, simulated, about, at }: StoredNotice,
  { to, link, baseUrl }: { to: string; link: string; baseUrl: string },
) {
  const { label, when } = noticeTopics[topic]
  const trial = typeof about.trialNumber === 'number' ? ` T-${about.trialNumber}` : ''
  const mark = simulated ? ' (simulated)' : ''
  const text = [
    when,
    `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    '',
    link,
    '',
    `You chose this topic under ${baseUrl}${paths.account()}.`,
    '',
  ]
  return { id, to, subject: `Oneway: ${label}${trial}${mark}`, text: text.join('\n') }
}

const words: Record<TransportFailure['failed'], string> = {
  nameNotResolved: 'its name cannot be found',
  notConnected: 'no connection could be made',
  tlsFailed: 'no TLS connection that can be trusted could be made',
  timedOut: `no answer within ${postTimeoutMs / 1000} seconds`,
  cut: 'the connection was cut before an answer',
  tooLarge: 'the answer was too large',
}

const textIn = (value: unknown): string => (typeof value === 'string' ? value : '')

/** The page about a notice; `environment` opens the half of the lab that it is about. */
function pageOf({ topic, about, simulated }: StoredNotice): string {
  const environment = simulated ? 'simulated' : 'real'
  switch (noticeTopics[topic].page) {
    case 'trial':
      return paths.trial(textIn(about.trialId))
    case 'device':
      return paths.device(textIn(about.deviceId))
    case 'contradictions':
      return paths.contradictions({ environment })
    case 'servers':
      return paths.servers()
    case 'notices':
      return paths.notices()
  }
}

const dayMs = 86_400_000

/**
 * Gives up what a receiver that is off has left waiting, and deletes what ended long ago.
 * @returns how many deliveries were deleted
 */
export async function cleanUpNotices(db: Db, now: Date): Promise<number> {
  const before = (days: number) => new Date(now.getTime() - days * dayMs)
  return transact(db, systemActor, async (tx) => {
    const reason = `it waited for ${keptDays.waiting} days`
    await giveUpWaiting(tx, { since: before(keptDays.waiting), now, reason })
    return deleteEnded(tx, {
      delivered: before(keptDays.delivered),
      others: before(keptDays.ended),
    })
  })
}
