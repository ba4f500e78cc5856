import type { Db } from '@/lib/db/client'
import { type MailChoice, storeMailChoice } from '@/lib/db/queries/outbox/mail-choices'
import { findPerson } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { topics } from '@/lib/domain/notice/topics'
import { forbidden, type Refusal, refused } from '../shared/result'

/**
 * Chooses of what the person who acts wants mail; nobody chooses for another.
 * @param mailIsSet whether a mail server is configured; without one only what was chosen can be given up
 */
export async function chooseMail(
  db: Db,
  actor: Actor,
  input: MailChoice,
  { mailIsSet }: { mailIsSet: boolean },
): Promise<{ status: 'saved' } | Refusal> {
  const not = forbidden(actor, 'ownAccount')
  if (not) return not
  const strange = input.topics.find((one) => !topics.includes(one))
  if (strange !== undefined)
    return refused(`"${strange}" is no topic; a topic is one of ${topics.join(', ')}.`, 'topics')
  const chosen = topics.filter((one) => input.topics.includes(one))
  if (!mailIsSet && chosen.length > 0)
    return refused('No mail server is set, so no notice can be mailed.', 'topics')
  return transact(db, actor, async (tx) => {
    if (!(await findPerson(tx, actor.id))) return refused('There is no such person.')
    await storeMailChoice(tx, actor.id, { topics: chosen, withSimulated: input.withSimulated })
    return { status: 'saved' as const }
  })
}
