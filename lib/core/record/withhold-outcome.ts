import type { Db } from '@/lib/db/client'
import { findReaderStanding } from '@/lib/db/queries/trials/second-readings'
import type { Actor } from '@/lib/domain/account/permissions'
import { isWithheld } from '@/lib/domain/review/second-reading'
import { assertAllowed } from '../shared/result'

/** Whether what is proposed and decided about a trial is withheld from this person, as everything stands now. */
export async function isOutcomeWithheld(db: Db, actor: Actor, trialId: string): Promise<boolean> {
  const standing = await findReaderStanding(db, trialId, actor.id)
  return standing !== undefined && isWithheld(standing)
}

/** The same for what many people read, such as a report: it is withheld until the second reading, whoever asks for it. */
export async function isOutcomeUnread(
  db: Db,
  actor: Actor,
  { trialId }: { trialId: string },
): Promise<boolean> {
  assertAllowed(actor, 'look')
  const standing = await findReaderStanding(db, trialId, actor.id)
  return standing ? standing.asked && !standing.read : false
}
