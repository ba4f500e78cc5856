import { recordAction } from '@/lib/db/audit/record-action'
import type { Db } from '@/lib/db/client'
import { type Delivery, lockDelivery, updateDelivery } from '@/lib/db/queries/outbox/deliveries'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { forbidden, type Refusal, refused } from '../shared/result'

type Decided = { status: 'decided' } | Refusal
type Decide = (tx: Db, delivery: Delivery) => Promise<Decided>

/** Queues a delivery that waits or was given up for a new series of tries, the first of them now. */
export function retryDelivery(
  db: Db,
  actor: Actor,
  { id }: { id: number },
  now: Date,
): Promise<Decided> {
  return decide(db, actor, { id, kind: 'noticeRetried', now }, async (tx, { state }) => {
    if (state !== 'waiting' && state !== 'givenUp')
      return refused('Only a delivery that waits or was given up is tried again.')
    await updateDelivery(tx, id, { state: 'waiting', tries: 0, dueAt: now, endedAt: null })
    return { status: 'decided' }
  })
}

/** Ends a delivery that waits or was given up: it is not tried any more. */
export function discardDelivery(
  db: Db,
  actor: Actor,
  { id }: { id: number },
  now: Date,
): Promise<Decided> {
  return decide(db, actor, { id, kind: 'noticeDiscarded', now }, async (tx, { state }) => {
    if (state !== 'waiting' && state !== 'givenUp')
      return refused('Only a delivery that waits or was given up is discarded.')
    await updateDelivery(tx, id, { state: 'discarded', endedAt: now })
    return { status: 'decided' }
  })
}

async function decide(
  db: Db,
  actor: Actor,
  { id, kind, now }: { id: number; kind: 'noticeRetried' | 'noticeDiscarded'; now: Date },
  run: Decide,
): Promise<Decided> {
  const not = forbidden(actor, 'decideNotice')
  if (not) return not
  return transact(db, actor, async (tx): Promise<Decided> => {
    const delivery = await lockDelivery(tx, id)
    if (!delivery) return refused('There is no such delivery.')
    if (delivery.claimedUntil && delivery.claimedUntil > now)
      return refused('It is being tried right now. Look again in a minute.')
    const result = await run(tx, delivery)
    if (result.status === 'refused') return result
    const { state, noticeId, targetId, personId } = delivery
    const data = { was: state, noticeId, targetId, personId }
    await recordAction(tx, actor, { kind, table: 'notice_deliveries', row: String(id), data })
    return result
  })
}
