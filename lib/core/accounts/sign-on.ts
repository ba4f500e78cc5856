import type { Db } from '@/lib/db/client'
import { endSessionsOf } from '@/lib/db/queries/people/sessions'
import {
  findLinkedPersonId,
  findPerson,
  findPersonByEmail,
  insertSignOnPerson,
  isDisabled,
  isLastLocalAdmin,
  linkPerson,
  lockAdmins,
  lockPeople,
  type Person,
  setRole,
} from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import { type Role, systemActor } from '@/lib/domain/account/permissions'
import {
  mayLink,
  problemOfClaims,
  roleOfGroups,
  type SignOnClaims,
  type SignOnPolicy,
  type SignOnProblem,
} from '@/lib/domain/account/sign-on'

export type SignOnResult =
  | { status: 'signedIn'; personId: string }
  | { status: 'refused'; problem: SignOnProblem }

/**
 * Finds, links or creates the person of verified claims, and sets their role by their groups. It opens no session: the
 * caller does, and only for `signedIn`.
 */
export async function signOn(
  db: Db,
  policy: SignOnPolicy,
  claims: SignOnClaims,
  now: Date,
): Promise<SignOnResult> {
  const doer = { ...systemActor, reason: 'as the single sign-on provider says' }
  return transact(db, doer, async (tx) => {
    await lockPeople(tx)
    const linkedId = await findLinkedPersonId(tx, claims)
    const linked = linkedId === undefined ? undefined : await findPerson(tx, linkedId)
    const problem = problemOfClaims(claims, policy)
    if (problem === undefined) return settle(tx, policy, claims, linked, now)
    // A person who lost every group must not continue in a session that was opened before, by whatever sign-in.
    if (linked && problem === 'noRole') await endSessionsOf(tx, linked.id)
    return { status: 'refused', problem }
  })
}

async function settle(
  tx: Db,
  policy: SignOnPolicy,
  claims: SignOnClaims,
  linked: Person | undefined,
  now: Date,
): Promise<SignOnResult> {
  const role = policy.groupRoles && roleOfGroups(claims.groups, policy.groupRoles)
  if (linked) return admit(tx, linked, role, now)
  const { email = '' } = claims
  const known = await findPersonByEmail(tx, email)
  if (known && !mayLink(claims, policy)) return { status: 'refused', problem: 'notLinked' }
  if (known) {
    const entered = await admit(tx, known, role, now)
    if (entered.status === 'signedIn') await linkPerson(tx, known.id, claims)
    return entered
  }
  if (!policy.signUp || !role) return { status: 'refused', problem: 'notKnown' }
  const personId = await insertSignOnPerson(tx, { name: nameOf(claims, email), email, role })
  await linkPerson(tx, personId, claims)
  return { status: 'signedIn', personId }
}

async function admit(
  tx: Db,
  person: Person,
  role: Role | undefined,
  now: Date,
): Promise<SignOnResult> {
  if (await isDisabled(tx, person.id)) return { status: 'refused', problem: 'disabled' }
  if (role && role !== person.role) {
    await lockAdmins(tx)
    // If the provider demoted the last admin, nobody could manage the lab once the provider is gone.
    if (!(await isLastLocalAdmin(tx, person.id))) await setRole(tx, person.id, role, now)
  }
  return { status: 'signedIn', personId: person.id }
}

const nameOf = ({ name }: SignOnClaims, email: string) => (name?.trim() || email).slice(0, 100)
