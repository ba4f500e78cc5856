import 'server-only'
import { APIError } from 'better-auth/api'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { DatabaseAwayError } from '../db/errors'
import { db } from '../db/pool'
import { countPeople } from '../db/queries/people/users'
import type { Actor } from '../domain/account/permissions'
import { paths } from '../paths'
import { auth } from './auth'
import { checkSession, type SignedIn } from './session'

/** Set by lib/web/request-headers.ts for every request, as a page does not know its own address. */
const askedPathHeader = 'x-oneway-path'

/** Who is signed in by these headers, and whether something stands between them and the lab. */
export async function findSignedIn(requestHeaders: Headers): Promise<SignedIn | undefined> {
  const found = await auth().api.getSession({ headers: requestHeaders }).catch(asDatabaseAway)
  return found ? checkSession(db, found.session.id, new Date()) : undefined
}

/** better-auth logs why it could not read a session, and throws a plain 500 in its place. */
function asDatabaseAway(error: unknown): never {
  if (error instanceof APIError && error.statusCode === 500)
    throw new DatabaseAwayError('the session could not be read', { cause: error })
  throw error
}

/** Who asks, and how that was proved. */
export type Identity = { actor: Actor; by: 'session' }

/**
 * Who asks a route handler; the one place for other proofs than a browser's session. Undefined without
 * one, and for who must set a second factor before anything else.
 */
export async function identify(requestHeaders: Headers): Promise<Identity | undefined> {
  const signedIn = await findSignedIn(requestHeaders)
  if (!signedIn || signedIn.mustSetSecondFactor) return undefined
  return { actor: signedIn.actor, by: 'session' }
}

/** Who is signed in, once per request, however many parts of a page ask. */
export const currentSignedIn = cache(async (): Promise<SignedIn | undefined> => {
  const asked = await headers()
  return (await findSignedIn(asked)) ?? findSignedIn(await asChanged(asked))
})

/**
 * The page that an action draws anew is asked for with the old cookie. Where the action has renewed the
 * session, as the first second factor does, only `cookies` knows the one that counts.
 */
async function asChanged(asked: Headers): Promise<Headers> {
  const changed = new Headers(asked)
  changed.set('cookie', (await cookies()).toString())
  return changed
}

/** The person who may be let in: not the one who must set a second factor first. */
export async function currentActor(): Promise<Actor | undefined> {
  const signedIn = await currentSignedIn()
  return signedIn?.mustSetSecondFactor ? undefined : signedIn?.actor
}

/** The person signed in; without one, goes to sign-in (or to set-up, in a lab without people) and back here afterwards. */
export async function requireSignedIn(): Promise<SignedIn> {
  const signedIn = await currentSignedIn()
  if (signedIn) return signedIn
  if ((await countPeople(db)) === 0) redirect(paths.setUp())
  redirect(paths.signIn((await askedPath()) ?? undefined, undefined, await hadSession()))
}

/** The address that was asked for, by lib/web; null where nothing has said it. */
export const askedPath = async (): Promise<string | null> => (await headers()).get(askedPathHeader)

/** Whether the browser still sends a session that has ended here. */
const hadSession = async (): Promise<boolean> =>
  (await headers()).get('cookie')?.includes('session_token=') ?? false
