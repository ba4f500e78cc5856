import type { Db } from '@/lib/db/client'
import { queueTestNotice } from '@/lib/db/queries/outbox/deliveries'
import {
  deleteNoticeTarget,
  findNoticeTarget,
  insertNoticeTarget,
  replaceSecret,
  updateNoticeTarget,
} from '@/lib/db/queries/outbox/targets'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { type Topic, topics } from '@/lib/domain/notice/topics'
import { hostProblem } from '@/lib/mdm/server-url'
import { countAction } from '../shared/action-limits'
import { forbidden, type Refusal, refused } from '../shared/result'
import { makeNoticeSecret } from './sign-notice'

export type SaveTarget = {
  /** Undefined for a new receiver. */
  id?: string | undefined
  name: string
  url: string
  topics: readonly Topic[]
  withSimulated: boolean
  isOn: boolean
}

/** `secret` signs what the receiver gets: returned once, stored sealed. */
type Saved = { status: 'saved'; targetId: string; secret?: string }

const noTarget = () => refused('There is no such receiver.')

/** Adds or changes a receiver of webhooks. It gets nothing until it is switched on. */
export async function saveTarget(
  db: Db,
  actor: Actor,
  input: SaveTarget,
  now: Date,
): Promise<Saved | Refusal> {
  const not = forbidden(actor, 'manageNotices')
  if (not) return not
  const { id, isOn } = input
  const [name, url] = [input.name.trim(), input.url.trim()]
  if (name === '' || name.length > 100)
    return refused('Write a name of at most 100 characters.', 'name')
  const wrong = receiverUrlProblem(url)
  if (wrong !== undefined) return refused(`This address cannot be used: ${wrong}.`, 'url')
  const strange = input.topics.find((one) => !topics.includes(one))
  if (strange !== undefined)
    return refused(`"${strange}" is no topic; a topic is one of ${topics.join(', ')}.`, 'topics')
  const chosen = topics.filter((one) => input.topics.includes(one))
  if (isOn && chosen.length === 0)
    return refused('Choose a topic, or leave the receiver off.', 'topics')
  const target = { name, url, topics: chosen, withSimulated: input.withSimulated, isOn }
  return transact(db, actor, async (tx): Promise<Saved | Refusal> => {
    if (id === undefined) {
      const secret = makeNoticeSecret()
      const targetId = await insertNoticeTarget(tx, { ...target, createdAt: now }, secret)
      return { status: 'saved', targetId, secret }
    }
    if (!(await findNoticeTarget(tx, id))) return noTarget()
    await updateNoticeTarget(tx, id, { ...target, ...(isOn && { offReason: null }) })
    return { status: 'saved', targetId: id }
  })
}

/**
 * Why a text cannot be the address of a receiver; undefined if it can. It follows the rules for MDM servers
 * (lib/mdm/server-url.ts) but for the path. A query is refused: the signature is the proof, and an address is shown.
 */
function receiverUrlProblem(text: string): string | undefined {
  if (text.length > 500) return 'longer than 500 characters'
  if (!URL.canParse(text)) return 'not an address like https://hooks.example.org/oneway'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'only https:// and http://'
  if (url.username !== '' || url.password !== '') return 'a user name or password in the address'
  if (/[?#]/.test(text)) return 'a "?" or "#" in the address'
  if (url.port === '0') return 'port 0'
  // Checked in the text as well: the URL parser has resolved every `..` already.
  if (!/^https?:\/\/[^/\\@\s]+(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)*\/?$/i.test(text))
    return 'an unusual path in the address; use letters, digits, ".", "_", "~" and "-"'
  return hostProblem(text, url)
}

const hourMs = 3_600_000
/** For so long a receiver may still verify with the old secret. */
export const oldSecretHours = 24

/** Makes a new secret, returned once. Until a day has passed, the old one signs as well. */
export async function renewTargetSecret(
  db: Db,
  actor: Actor,
  targetId: string,
  now: Date,
): Promise<Saved | Refusal> {
  const not = forbidden(actor, 'manageNotices')
  if (not) return not
  return transact(db, actor, async (tx): Promise<Saved | Refusal> => {
    if (!(await findNoticeTarget(tx, targetId))) return noTarget()
    const secret = makeNoticeSecret()
    const oldUntil = new Date(now.getTime() + oldSecretHours * hourMs)
    await replaceSecret(tx, targetId, { secret, oldUntil })
    return { status: 'saved', targetId, secret }
  })
}

/** Deletes a receiver and what waits for it. Its changes stay in the trail. */
export async function deleteTarget(
  db: Db,
  actor: Actor,
  targetId: string,
): Promise<{ status: 'deleted' } | Refusal> {
  const not = forbidden(actor, 'manageNotices')
  if (not) return not
  return transact(db, actor, async (tx) =>
    (await deleteNoticeTarget(tx, targetId)) ? { status: 'deleted' as const } : noTarget(),
  )
}

/** Queues a test for a receiver, which gets it even while it is off. */
export async function sendTestNotice(
  db: Db,
  actor: Actor,
  targetId: string,
  now: Date,
): Promise<{ status: 'queued'; deliveryId: number } | Refusal> {
  const not = forbidden(actor, 'manageNotices')
  if (not) return not
  const limit = await countAction(db, actor, 'testNotice', now)
  if (limit) return limit
  return transact(db, actor, async (tx) => {
    if (!(await findNoticeTarget(tx, targetId))) return noTarget()
    const deliveryId = await queueTestNotice(tx, { targetId, at: now })
    return { status: 'queued' as const, deliveryId }
  })
}
