import type { Db } from '@/lib/db/client'
import { withdrawLinksOf } from '@/lib/db/queries/people/person-links'
import { endSessionsOf } from '@/lib/db/queries/people/sessions'
import { findPerson, findPersonByEmail, setEmail } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/actor'
import { forbidden, type Refusal, refused } from '../shared/result'

export type ChangedEmail = { status: 'changed'; name: string; was: string; email: string }

/**
 * Gives a person another address to sign in with; name, password and second factors stay. Their sessions
 * end, and so do open links, which lie in the old mailbox. The new address is not proved by a mail: it opens
 * nothing by itself, and a lab needs no mail server.
 */
export async function changeEmail(
  db: Db,
  actor: Actor,
  input: { personId: string; email: string },
  now: Date,
): Promise<ChangedEmail | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  // As better-auth looks for it.
  const email = input.email.trim().toLowerCase()
  return transact(db, actor, async (tx) => {
    const person = await findPerson(tx, input.personId)
    if (!person) return refused('There is no such person.')
    if (person.email === email) return refused('This is their address already.', 'email')
    if (await findPersonByEmail(tx, email))
      return refused('Another person signs in with this address; each has their own.', 'email')
    await setEmail(tx, person.id, email, now)
    await withdrawLinksOf(tx, person, { at: now, name: actor.name })
    await endSessionsOf(tx, person.id)
    return { status: 'changed', name: person.name, was: person.email, email }
  })
}
