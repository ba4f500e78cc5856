import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import { putLink, withdrawOpenLink } from '@/lib/db/queries/people/person-links'
import { findPerson, findPersonByEmail, lockPeople } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import type { Actor, Role } from '@/lib/domain/account/actor'
import { forbidden, type Refusal, refused } from '../shared/result'

/** The token is told once and kept nowhere but as its digest. */
export type MadeLink = {
  status: 'made'
  linkId: string
  kind: 'invitation' | 'reset'
  token: string
  email: string
  expiresAt: Date
}

const hours = (n: number) => n * 3_600_000
/** A new colleague may be away; a forgotten password is wanted now. */
const lastsMs = { invitation: hours(7 * 24), reset: hours(24) }

/** 256 random bits; only their digest is stored, so that a copy of the database opens nothing. */
const newToken = () => randomBytes(32).toString('base64url')
export const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Invites somebody who is not here yet: whoever opens the link sets their name and password. */
export async function invitePerson(
  db: Db,
  actor: Actor,
  input: { email: string; role: Role },
  now: Date,
): Promise<MadeLink | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  const email = input.email.toLowerCase()
  return transact(db, actor, async (tx) => {
    await lockPeople(tx)
    const known = await findPersonByEmail(tx, email)
    if (known?.disabledAt)
      return refused('This address is of somebody who was disabled; enable them again.', 'email')
    if (known) return refused('Somebody with this address is here already.', 'email')
    return make(tx, actor, { kind: 'invitation', email, role: input.role }, now)
  })
}

/** A link by which a person sets a new password, and where asked loses a second factor that is gone. */
export async function resetPassword(
  db: Db,
  actor: Actor,
  input: { personId: string; removesSecondFactors: boolean },
  now: Date,
): Promise<MadeLink | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  return transact(db, actor, async (tx) => {
    const person = await findPerson(tx, input.personId)
    if (!person) return refused('There is no such person.')
    if (person.disabledAt) return refused(`${person.name} is disabled; enable them first.`)
    const { email } = person
    return make(tx, actor, { kind: 'reset', email, ...input }, now)
  })
}

/** Ends a link before it is used. */
export async function withdrawLink(
  db: Db,
  actor: Actor,
  linkId: string,
  now: Date,
): Promise<{ status: 'withdrawn' } | Refusal> {
  const not = forbidden(actor, 'managePeople')
  if (not) return not
  return transact(db, actor, async (tx) =>
    (await withdrawOpenLink(tx, linkId, { at: now, name: actor.name }))
      ? { status: 'withdrawn' }
      : refused('This link was used or withdrawn already.'),
  )
}

type Wanted = { kind: 'invitation' | 'reset'; email: string } & Partial<{
  role: Role
  personId: string
  removesSecondFactors: boolean
}>

async function make(tx: Db, actor: Actor, wanted: Wanted, now: Date): Promise<MadeLink> {
  const token = newToken()
  const { kind, email } = wanted
  const expiresAt = new Date(now.getTime() + lastsMs[kind])
  const by = { madeAt: now, madeById: actor.id, madeByName: actor.name }
  const linkId = await putLink(tx, { ...wanted, ...by, expiresAt, tokenSha256: digestOf(token) })
  return { status: 'made', linkId, kind, token, email, expiresAt }
}
