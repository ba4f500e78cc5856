import type { Db } from '@/lib/db/client'
import { findOutsideUpdate, markLossSeen } from '@/lib/db/queries/devices/outside-updates'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { forbidden, type Refusal, refused } from '../shared/result'

/** A lead has seen that a starting state was lost; it leaves the list, and stays on the device. */
export async function acknowledgeLoss(
  db: Db,
  actor: Actor,
  { id }: { id: number },
  now: Date,
): Promise<{ status: 'seen' } | Refusal> {
  const no = forbidden(actor, 'acknowledgeLoss')
  if (no) return no
  const by = { at: now, by: actor.name }
  if (await transact(db, actor, (tx) => markLossSeen(tx, id, by))) return { status: 'seen' }
  const loss = await findOutsideUpdate(db, id)
  if (!loss) return refused('There is no such loss.')
  return refused(`${loss.acknowledgedBy ?? 'Somebody'} has acknowledged it before.`)
}
