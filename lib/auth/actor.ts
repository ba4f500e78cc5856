import 'server-only'
import { APIError } from 'better-auth/api'
import { cookies, headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { DatabaseAwayError } from '../db/errors'
import { db } from '../db/pool'
import { countPeople } from '../db/queries/people/users'
import type { Actor } from '../domain/account/permissions'
import { paths, pathToReturnTo } from '../paths'
import { auth } from './auth'
import { checkSession, type SignedIn } from './session'

/** Set by lib/web/request-headers.ts for every request, as Next does not tell a page its own URL. */
const askedPathHeader = 'x-oneway-path'

/** The person signed in by the session cookie of these headers; undefined without a valid session. */
export async function findSignedIn(requestHeaders: Headers): Promise<SignedIn | undefined> {
  const found = await auth().api.getSession({ headers: requestHeaders }).catch(asDatabaseAway)
  return found ? checkSession(db, found.session.id, new Date()) : undefined
}

/** better-auth logs why it could not read a session and throws a 500 without the cause. */
function asDatabaseAway(error: unknown): never {
  if (error instanceof APIError && error.statusCode === 500)
    throw new DatabaseAwayError('the session could not be read', { cause: error })
  throw error
}

/** Who makes a request, and how that was proved. */
export type Identity = { actor: Actor; by: 'session' }

/**
 * Who calls a route handler. Undefined without a session, and for a person who must set up a second factor first.
 */
export async function identify(requestHeaders: Headers): Promise<Identity | undefined> {
  const signedIn = await findSignedIn(requestHeaders)
  if (!signedIn || signedIn.mustSetSecondFactor) return undefined
  return { actor: signedIn.actor, by: 'session' }
}

/** The person who is signed in, read once per request for all parts of a page. */
export const currentSignedIn = cache(async (): Promise<SignedIn | undefined> => {
  const asked = await headers()
  return (await findSignedIn(asked)) ?? findSignedIn(await asChanged(asked))
})

/**
 * The headers with the cookies that this request has set. When an action renews the session, as the first second
 * factor does, the page is rendered again under the old request headers, and only `cookies` has the new session.
 */
async function asChanged(asked: Headers): Promise<Headers> {
  const changed = new Headers(asked)
  changed.set('cookie', (await cookies()).toString())
  return changed
}

/** The person signed in; undefined for one who must set up a second factor first. */
export async function currentActor(): Promise<Actor | undefined> {
  const signedIn = await currentSignedIn()
  return signedIn?.mustSetSecondFactor ? undefined : signedIn?.actor
}

/** The person signed in. Without one, redirects to sign-in and back here afterwards, or to set-up in a lab without people. */
export async function requireSignedIn(): Promise<SignedIn> {
  const signedIn = await currentSignedIn()
  if (signedIn) return signedIn
  if ((await countPeople(db)) === 0) redirect(paths.setUp())
  redirect(paths.signIn((await askedPath()) ?? undefined, undefined, await hadSession()))
}

/**
 * The path of the page that this request is of, as lib/web set it; null without lib/web. An action that is sent
 * while another one leads to sign-in is forwarded by Next to a page that has it, and asks for the pattern of that
 * page (`/trials/[id]`); the page it was sent from is its referrer.
 */
export async function askedPath(): Promise<string | null> {
  const asked = await headers()
  return asked.has('x-action-forwarded')
    ? pathToReturnTo(asked.get('referer'))
    : asked.get(askedPathHeader)
}

/** Whether the browser sends a session cookie, which then belongs to a session that has ended. */
const hadSession = async (): Promise<boolean> =>
  (await headers()).get('cookie')?.includes('session_token=') ?? false
