import { isCommonPassword } from '@/lib/credentials/common-passwords'
import { takeLoneGuess, waitWords } from '@/lib/credentials/guess-limits'
import { createPerson, givePassword } from '@/lib/credentials/people'
import type { Db } from '@/lib/db/client'
import {
  findLinkByDigest,
  markLinkUsed,
  type PersonLink,
} from '@/lib/db/queries/people/person-links'
import { removeSecondFactors } from '@/lib/db/queries/people/second-factors'
import { endSessionsOf } from '@/lib/db/queries/people/sessions'
import { findPerson, findPersonByEmail, lockPeople } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import { type Actor, roles } from '@/lib/domain/account/actor'
import { passwordProblem } from '@/lib/domain/account/password'
import { type Refusal, refused } from '../shared/result'
import { digestOf } from './make-link'

/** Who opens the link is known by the link alone. */
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

/** A token cannot be guessed; who tries all the same costs the database something. */
const openings = { max: 20, windowMs: 60_000, longestWaitMs: 15 * 60_000 }

/** What a link is for, before its person has written anything. It changes nothing. */
export async function lookAtLink(
  db: Db,
  { token, address }: Opening,
  now: Date,
): Promise<SeenLink | Refusal> {
  const turn = await takeLoneGuess(db, `link:from:${address}`, openings, now)
  if (turn.status === 'wait') return refused(waitWords(turn.seconds))
  const link = await findLinkByDigest(db, digestOf(token))
  const person = link?.personId ? await findPerson(db, link.personId) : undefined
  const not = whyClosed(link, now)
  if (not || !link) return not ?? unknown
  const { kind, email, role, expiresAt } = link
  return { status: 'open', kind, email, role, name: person?.name ?? '', expiresAt }
}

/**
 * Sets the password of a link's person, and makes them where they were invited. The link works once: of
 * two at the same time one is told that it was used. A reset ends every session of its person.
 */
export async function useLink(
  db: Db,
  input: Opening & { name: string; password: string },
  now: Date,
): Promise<{ status: 'set'; email: string } | Refusal> {
  const turn = await takeLoneGuess(db, `link:from:${input.address}`, openings, now)
  if (turn.status === 'wait') return refused(waitWords(turn.seconds))
  const seen = await findLinkByDigest(db, digestOf(input.token))
  const person = seen?.personId ? await findPerson(db, seen.personId) : undefined
  const owner = { name: person?.name ?? input.name, email: seen?.email }
  const weak = seen && passwordProblem(input.password, owner, isCommonPassword)
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

async function welcome(
  tx: Db,
  { email, role }: PersonLink,
  { name, password }: { name: string; password: string },
): Promise<string | Refusal> {
  if (await findPersonByEmail(tx, email))
    return refused('Somebody with this address is here already; sign in.')
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

/** In the record until the person is there: the invitation, by the name of who made it. */
const newcomer = (link: PersonLink | undefined): Actor => ({
  id: `invitation ${link?.id ?? 'unknown'}`,
  name: `Invited by ${link?.madeByName ?? 'nobody'}`,
  role: 'system',
})

const unknown = refused('This link is not known here. Ask an admin of this lab for a new one.')

function whyClosed(link: PersonLink | undefined, now: Date): Refusal | undefined {
  if (!link) return unknown
  if (link.usedAt) return refused('This link was used already. Sign in, or ask for a new one.')
  if (link.withdrawnAt) return refused('This link was withdrawn. Ask an admin for a new one.')
  if (link.expiresAt <= now) return refused('This link is too old. Ask an admin for a new one.')
  return undefined
}
