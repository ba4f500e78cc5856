import type { Db } from '@/lib/db/client'
import { withdrawLinksOf } from '@/lib/db/queries/people/person-links'
import { endSessionsOf } from '@/lib/db/queries/people/sessions'
import {
  findPerson,
  findPersonByEmail,
  lockAdmins,
  type Person,
  setDisabled,
  setEmail,
  setRole,
} from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import type { Actor, Role } from '@/lib/domain/account/permissions'
import { forbidden, type Refusal, refused } from '../shared/result'

type Saved = { status: 'saved' } | Refusal

/**
 * Changes a person's role from their next request on, and ends their sessions, so that none continues with
 * permissions it was not opened with (ASVS 5.0 7.4.2). The lab keeps at least one admin.
 */
export async function changeRole(
  db: Db,
  actor: Actor,
  input: { personId: string; role: Role },
  now: Date,
): Promise<Saved> {
  return changePerson(db, actor, input.personId, async (tx, person, isLastAdmin) => {
    if (input.role === person.role) return { status: 'saved' }
    if (isLastAdmin) return onlyAdmin(person, 'role')
    await setRole(tx, person.id, input.role, now)
    await endSessionsOf(tx, person.id)
    return { status: 'saved' }
  })
}

/**
 * Disables a person who has left: their sessions end at once, and they cannot sign in. Account, name and address
 * remain, so that no other person can ever get them (R15 of docs/faults.md).
 */
export async function disablePerson(
  db: Db,
  actor: Actor,
  personId: string,
  now: Date,
): Promise<Saved> {
  return changePerson(db, actor, personId, async (tx, person, isLastAdmin) => {
    if (person.id === actor.id) return refused('Ask another admin to disable your own account.')
    if (isLastAdmin) return onlyAdmin(person)
    await setDisabled(tx, person.id, now, now)
    await endSessionsOf(tx, person.id)
    return { status: 'saved' }
  })
}

/** Enables a disabled person again, with the same password and second factors. */
export async function enablePerson(
  db: Db,
  actor: Actor,
  personId: string,
  now: Date,
): Promise<Saved> {
  return changePerson(db, actor, personId, async (tx, person) => {
    await setDisabled(tx, person.id, null, now)
    return { status: 'saved' }
  })
}

async function changePerson(
  db: Db,
  actor: Actor,
  personId: string,
  change: (tx: Db, person: Person, isLastAdmin: boolean) => Promise<Saved>,
): Promise<Saved> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  return transact(db, actor, async (tx) => {
    const admins = await lockAdmins(tx)
    const person = await findPerson(tx, personId)
    if (!person) return refused('There is no such person.')
    return change(tx, person, admins.length === 1 && admins[0] === person.id)
  })
}

const onlyAdmin = ({ name }: Person, field?: string) =>
  refused(
    `${name} is the only admin; make another person admin first, or nobody could manage people.`,
    field,
  )

export type ChangedEmail = { status: 'changed'; name: string; was: string; email: string }

/**
 * Changes the address a person signs in with; name, password and second factors stay. Ends their sessions, and open
 * links, which were sent to the old mailbox. The new address is not verified by a mail: it gives no access by itself,
 * and a lab may have no mail server.
 */
export async function changeEmail(
  db: Db,
  actor: Actor,
  input: { personId: string; email: string },
  now: Date,
): Promise<ChangedEmail | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  // better-auth looks it up in this form.
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
