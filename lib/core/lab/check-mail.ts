import type { Db } from '@/lib/db/client'
import { countAttempt } from '@/lib/db/queries/people/rate-limits'
import { findPerson } from '@/lib/db/queries/people/users'
import type { Actor } from '@/lib/domain/account/permissions'
import { forbidden, type Refusal, refused } from '../shared/result'

/** Sends the test mail; undefined if no mail server is configured. */
export type SendCheck =
  | ((to: string) => Promise<{ status: 'sent' } | { status: 'failed'; reason: string }>)
  | undefined

const limit = { max: 5, windowMs: 60_000 }

/** Sends a test mail, only ever to the admin who requests it, so that it cannot be used to send mail to others. */
export async function checkMail(
  db: Db,
  actor: Actor,
  send: SendCheck,
  now: Date,
): Promise<{ status: 'sent'; to: string } | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  if (!send) return refused('No mail server is set. SMTP_URL and SMTP_FROM set one.')
  const person = await findPerson(db, actor.id)
  if (!person) return refused('There is no such person.')
  const attempt = await countAttempt(db, `test-mail:${actor.id}`, limit, now)
  if (attempt.status === 'wait') return refused(`Try again in ${attempt.seconds} seconds.`)
  const sent = await send(person.email)
  return sent.status === 'sent'
    ? { status: 'sent', to: person.email }
    : refused(`It was not sent: ${sent.reason}.`)
}
