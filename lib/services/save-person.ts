import { transact } from '@/lib/db/transact'
import { createPerson, givePassword, randomPassword } from '../auth/people'
import type { Db } from '../db/client'
import { findPerson, findPersonByEmail, lockAdmins, lockPeople, setRole } from '../db/users'
import type { Actor, Role } from '../domain/actor'
import { forbidden, type Refusal, refused } from './result'

/** The password is told once and kept nowhere but as a hash. */
type WithPassword = { status: 'saved'; personId: string; password: string }

/** Adds a person with a random password. */
export async function addPerson(
  db: Db,
  actor: Actor,
  input: { name: string; email: string; role: Role },
): Promise<WithPassword | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  const password = randomPassword()
  return transact(db, actor, async (tx) => {
    await lockPeople(tx)
    if (await findPersonByEmail(tx, input.email))
      return refused('Somebody with this address is here already.', 'email')
    return { status: 'saved', personId: await createPerson(tx, { ...input, password }), password }
  })
}

/** Gives a person a new random password and ends all their sessions, for who has forgotten theirs. */
export async function renewPassword(
  db: Db,
  actor: Actor,
  personId: string,
  now: Date,
): Promise<WithPassword | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  const password = randomPassword()
  return transact(db, actor, async (tx) => {
    if (!(await findPerson(tx, personId))) return refused('There is no such person.')
    await givePassword(tx, personId, password, now)
    return { status: 'saved', personId, password }
  })
}

/** Changes what a person may do, from their next request on. The lab keeps one admin at least. */
export async function changeRole(
  db: Db,
  actor: Actor,
  input: { personId: string; role: Role },
  now: Date,
): Promise<{ status: 'saved' } | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  return transact(db, actor, async (tx) => {
    const admins = await lockAdmins(tx)
    const person = await findPerson(tx, input.personId)
    if (!person) return refused('There is no such person.')
    if (input.role !== 'admin' && admins.length === 1 && admins[0] === person.id)
      return refused(
        `${person.name} is the only admin; make another person admin first, or nobody could manage people.`,
        'role',
      )
    await setRole(tx, person.id, input.role, now)
    return { status: 'saved' }
  })
}
