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
 * Changes what a person may do, from their next request on; their sessions end, so that none goes on with
 * rights it was not opened for (ASVS 5.0 7.4.2). The lab keeps one admin at least.
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
 * Shuts out a person who has left. Their sessions end at once and no sign-in is taken; the account stays,
 * with its name in the record and its address, and is nobody else's ever (R15 of docs/faults.md).
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

/** Lets a person in again who was disabled, with the password and second factor they had. */
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
