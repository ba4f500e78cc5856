import { createHash, randomBytes } from 'node:crypto'
import { isCommonPassword } from '@/lib/credentials/common-passwords'
import { countGuessByKey, waitWords } from '@/lib/credentials/guess-limits'
import { createPerson, givePassword } from '@/lib/credentials/people'
import type { Db } from '@/lib/db/client'
import {
  findLinkByDigest,
  markLinkUsed,
  type PersonLink,
  putLink,
  withdrawOpenLink,
} from '@/lib/db/queries/people/person-links'
import { removeSecondFactors } from '@/lib/db/queries/people/second-factors'
import { endSessionsOf } from '@/lib/db/queries/people/sessions'
import { findPerson, findPersonByEmail, lockPeople } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import { passwordProblem } from '@/lib/domain/account/password'
import type { Role } from '@/lib/domain/account/permissions'
import { type Actor, roles } from '@/lib/domain/account/permissions'
import { forbidden, type Refusal, refused } from '../shared/result'

/** The token is returned once; only its digest is stored. */
export type MadeLink = {
  status: 'made'
  linkId: string
  kind: 'invitation' | 'reset'
  token: string
  email: string
  expiresAt: Date
}

const hours = (n: number) => n * 3_600_000
/** An invited person may be away for days; a password is reset because somebody wants to sign in now. */
const lastsMs = { invitation: hours(7 * 24), reset: hours(24) }

/** 256 random bits. Only their digest is stored, so that nobody can use a link from a copy of the database. */
const newToken = () => randomBytes(32).toString('base64url')
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')

/** Invites a new person. Whoever opens the link sets name and password. */
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
      return refused('This is the address of a disabled person; enable them again.', 'email')
    if (known) return refused('A person with this address exists already.', 'email')
    return make(tx, actor, { kind: 'invitation', email, role: input.role }, now)
  })
}

/** Makes a link for setting a new password; on request it also removes the person's second factors. */
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

/** Nothing but the link identifies whoever opens it. */
type Opening = { token: string; address: string }

export type SeenLink = {
  status: 'open'
  kind: PersonLink['kind']
  email: string
  role: PersonLink['role']
  /** Empty for an invitation: the person writes it. */
  name: string
  expiresAt: Date
}

/**
 * A token of 256 bits cannot be guessed; this limits the load by somebody who tries. The token is looked up first, so
 * that nobody behind the same address is kept from a link that exists.
 */
const openings = { max: 20, windowMs: 60_000, maxWaitMs: 15 * 60_000 }

/** Returns what a link is for. Changes nothing. */
export async function lookAtLink(
  db: Db,
  { token, address }: Opening,
  now: Date,
): Promise<SeenLink | Refusal> {
  const link = await findLinkByDigest(db, digestOf(token))
  if (!link) return countUnknown(db, address, now)
  const person = link.personId ? await findPerson(db, link.personId) : undefined
  const not = whyClosed(link, now)
  if (not) return not
  const { kind, email, role, expiresAt } = link
  return { status: 'open', kind, email, role, name: person?.name ?? '', expiresAt }
}

/**
 * Sets the password of the link's person, who is created if the link is an invitation. The link works once: of two
 * uses at the same time one is refused. A reset ends every session of the person.
 */
export async function useLink(
  db: Db,
  input: Opening & { name: string; password: string },
  now: Date,
): Promise<{ status: 'set'; email: string } | Refusal> {
  const seen = await findLinkByDigest(db, digestOf(input.token))
  if (!seen) return countUnknown(db, input.address, now)
  const person = seen.personId ? await findPerson(db, seen.personId) : undefined
  const owner = { name: person?.name ?? input.name, email: seen.email }
  const weak = passwordProblem(input.password, owner, isCommonPassword)
  if (weak !== undefined) return refused(weak, 'password')

  return transact(db, person ?? newcomer(seen), async (tx) => {
    await lockPeople(tx)
    const link = await findLinkByDigest(tx, digestOf(input.token), { lock: true })
    const not = whyClosed(link, now)
    if (not || !link) return not ?? unknown
    const personId = await (link.kind === 'invitation'
      ? welcome(tx, link, input)
      : renew(tx, link, input.password, now))
    if (typeof personId !== 'string') return personId
    await markLinkUsed(tx, link.id, { personId, at: now })
    return { status: 'set', email: link.email }
  })
}

async function countUnknown(db: Db, address: string, now: Date): Promise<Refusal> {
  const attempt = await countGuessByKey(db, `link:from:${address}`, openings, now)
  return attempt.status === 'wait' ? refused(waitWords(attempt.seconds)) : unknown
}

async function welcome(
  tx: Db,
  { email, role }: PersonLink,
  { name, password }: { name: string; password: string },
): Promise<string | Refusal> {
  if (await findPersonByEmail(tx, email))
    return refused('A person with this address exists already; sign in.')
  const known = roles.find((one) => one === role)
  if (!known) throw new Error('an invitation has a role')
  return createPerson(tx, { name, email, password, role: known })
}

async function renew(
  tx: Db,
  { personId, removesSecondFactors }: PersonLink,
  password: string,
  now: Date,
): Promise<string | Refusal> {
  const person = personId === null ? undefined : await findPerson(tx, personId)
  if (!person || person.disabledAt !== null) return unknown
  await givePassword(tx, person.id, password, now)
  await endSessionsOf(tx, person.id)
  if (removesSecondFactors) await removeSecondFactors(tx, person.id, now)
  return person.id
}

/** The actor before the invited person exists: the invitation, named after the admin who made it. */
const newcomer = (link: PersonLink): Actor => ({
  id: `invitation ${link.id}`,
  name: `Invited by ${link.madeByName}`,
  role: 'system',
})

const unknown = refused('This link is unknown. Ask an admin of this lab for a new one.')

function whyClosed(link: PersonLink | undefined, now: Date): Refusal | undefined {
  if (!link) return unknown
  if (link.usedAt) return refused('This link was used already. Sign in, or ask for a new one.')
  if (link.withdrawnAt) return refused('This link was withdrawn. Ask an admin for a new one.')
  if (link.expiresAt <= now) return refused('This link has expired. Ask an admin for a new one.')
  return undefined
}
