import type { Db } from '@/lib/db/client'
import { findCommand, insertCommandEvent } from '@/lib/db/queries/trials/commands'
import { deleteReleaseWish } from '@/lib/db/queries/trials/release-wishes'
import type { Actor } from '@/lib/domain/account/actor'
import type { NextNote } from '@/lib/domain/trial/next-questions'

type Note = { commandUuid: string; kind: NextNote; text: string; byName: string }

/** Writes down on an answered question what became of those behind it. */
export const noteNext = (tx: Db, { commandUuid, ...note }: Note, now: Date): Promise<void> =>
  insertCommandEvent(tx, { commandUuid, ...note, at: now })

/**
 * Nobody is about to release on the device any more, whose row is locked. Questions that had waited for
 * that are not asked any more, for the reason given, and it stands on the record.
 */
export async function endReleaseWish(
  tx: Db,
  deviceId: string,
  { because, actor, now }: { because: string; actor: Actor; now: Date },
): Promise<void> {
  const wish = await deleteReleaseWish(tx, deviceId)
  const held = wish?.heldCommand ? await findCommand(tx, wish.heldCommand) : undefined
  if (!held) return
  const { commandUuid, nextRequests } = held
  const text = `Not queried: ${nextRequests.join(', ')}, because ${because}`
  await noteNext(tx, { commandUuid, kind: 'nextNotAsked', text, byName: actor.name }, now)
}
