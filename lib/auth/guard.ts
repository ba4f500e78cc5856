import 'server-only'
import { headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import type { Sql } from 'postgres'
import { cache } from 'react'
import type { z } from 'zod'
import { type Refusal, refused } from '../core/shared/result'
import type { Db } from '../db/client'
import { copySql, db, sql } from '../db/pool'
import type { KeyPlace } from '../domain/account/api-key'
import { type Actor, type Permission, refusalFor } from '../domain/account/permissions'
import { env } from '../env'
import { paths } from '../paths'
import { textAnswer } from '../text-answers'
import { askedPath, currentActor, findSignedIn, identify, requireSignedIn } from './actor'
import { authorizeKey, calendarKeyIn, keyIn } from './api-key-request'
import { crossSiteRefusal } from './origins'
import { readInput } from './read-input'
import { answerWhenAway, jsonRefusal, refuseWhenAway } from './refusal-answers'
import { recordRefusal, refusalIn } from './security-events'
import type { SignedIn } from './session'

// The only way from app/ to the database. Each caller names the permission it needs, which is checked against
// the table of lib/domain/account/permissions.ts; lib/architecture.test.ts allows no other way.
// docs/decisions/014-authorization-guard.md

/** The person who is authorized, and the database. */
export type Authorized = { actor: Actor; db: Db }

/** A person signed in with a browser session. */
export type AuthorizedInBrowser = Authorized & { signedIn: SignedIn }

/** What a route handler gets in addition: `sql` to LISTEN with, and `copySql`, a pool for streaming COPY. */
export type AuthorizedByRoute = Authorized & { sql: Sql; copySql: Sql }

/**
 * For pages, their parts and their `generateMetadata`; runs once per request and permission. Without a
 * session it redirects to sign-in; a role without the permission gets app/forbidden.tsx with status 403.
 */
export const authorize = cache(async (permission: Permission): Promise<AuthorizedInBrowser> => {
  const signedIn = await requireSignedIn()
  if (needsSecondFactor(signedIn, permission)) redirect(paths.account())
  const { actor } = signedIn
  const reason = refusalFor(actor, permission)
  if (reason === undefined) return { actor, db, signedIn }
  await recordRefusal(db, { actor, what: permission, reason })
  forbidden()
})

/** A person whose role requires a second factor may only set one up until that is done. */
const needsSecondFactor = ({ mustSetSecondFactor }: SignedIn, permission: Permission) =>
  mustSetSecondFactor && permission !== 'ownAccount'

type AuthorizedByAction = AuthorizedInBrowser & Pick<AuthorizedByRoute, 'copySql'>

/** For the layout around every page: undefined if nobody is signed in. */
export async function authorizeIfSignedIn(): Promise<Authorized | undefined> {
  const actor = await currentActor()
  return actor && refusalFor(actor, 'look') === undefined ? { actor, db } : undefined
}

/**
 * For server actions. A request from another site ends in 403, one without a session at sign-in; a role
 * without the permission gets the refusal as the action's answer. Only then is the input read: if it does not
 * fit `schema`, the refusal names the field and `run` is not called. A refusal by the service is recorded in
 * the audit trail here too. A database that does not answer in time becomes a refusal that says so.
 */
export async function authorizeAction<S extends z.ZodType, R>(
  permission: Permission,
  schema: S,
  given: unknown,
  run: (authorized: AuthorizedByAction, input: z.output<S>) => Promise<R>,
): Promise<R | Refusal> {
  return refuseWhenAway(() => runAction(permission, schema, given, run))
}

async function runAction<S extends z.ZodType, R>(
  permission: Permission,
  schema: S,
  given: unknown,
  run: (authorized: AuthorizedByAction, input: z.output<S>) => Promise<R>,
): Promise<R | Refusal> {
  await refuseCrossSite(permission)
  const signedIn = await findSignedIn(await headers())
  // The address of an action is that of the page it was submitted on.
  if (!signedIn) redirect(paths.signIn((await askedPath()) ?? undefined, undefined, true))
  if (needsSecondFactor(signedIn, permission)) redirect(paths.account())
  const { actor } = signedIn
  const reason = refusalFor(actor, permission)
  if (reason !== undefined) {
    await recordRefusal(db, { actor, what: permission, reason })
    return refused(reason)
  }
  const read = readInput(schema, given)
  if (read.status !== 'read') return read
  const answer = await run({ actor, db, signedIn, copySql }, read.input)
  const refusal = refusalIn(answer, read.input)
  if (refusal) await recordRefusal(db, { actor, what: permission, ...refusal })
  return answer
}

/**
 * For route handlers: 401 without a session, 403 for a role without the permission and for a cross-site change.
 * @param say puts a refusal into the form in which the route answers
 */
export async function authorizeRoute(
  request: Request,
  permission: Permission,
  run: (authorized: AuthorizedByRoute) => Promise<Response>,
  say: Say = textAnswer,
): Promise<Response> {
  return answerWhenAway(say, () => runRoute(request, permission, run, say))
}

type Say = (status: 401 | 403 | 503, reason: string) => Response

async function runRoute(
  request: Request,
  permission: Permission,
  run: (authorized: AuthorizedByRoute) => Promise<Response>,
  say: Say,
): Promise<Response> {
  const who = await identify(request.headers)
  if (!who) return say(401, 'Sign in first.')
  const reason =
    crossSiteRefusal(request, env().ONEWAY_BASE_URL) ?? refusalFor(who.actor, permission)
  if (reason === undefined) return run({ actor: who.actor, db, sql, copySql })
  await recordRefusal(db, { actor: who.actor, what: permission, reason })
  return say(403, reason)
}

/**
 * For routes that programs may call too: with an API key if the request sends one, otherwise by session as in
 * `authorizeRoute`. No other function accepts an API key. Refusals to a key are JSON, those to a browser come
 * from `say`.
 */
export async function authorizeApi(
  request: Request,
  permission: Permission,
  run: (authorized: AuthorizedByRoute) => Promise<Response>,
  say: Say = jsonRefusal,
): Promise<Response> {
  const key = keyIn(request.headers)
  if (key === undefined) return authorizeRoute(request, permission, run, say)
  return answerWhenAway(jsonRefusal, () => runWithKey(key, permission, run, 'header'))
}

/**
 * As `authorizeApi`, and also with a key for calendars in the address, which no route but those of their files accepts. Where an
 * address has a key, that key alone decides, and never a session beside it.
 */
export async function authorizeCalendar(
  request: Request,
  run: (authorized: AuthorizedByRoute) => Promise<Response>,
): Promise<Response> {
  const key = calendarKeyIn(request)
  if (key === undefined) return authorizeApi(request, 'look', run, textAnswer)
  return answerWhenAway(jsonRefusal, () => runWithKey(key, 'look', run, 'address'))
}

async function runWithKey(
  key: string,
  permission: Permission,
  run: (authorized: AuthorizedByRoute) => Promise<Response>,
  place: KeyPlace,
): Promise<Response> {
  const answer = await authorizeKey(db, key, permission, new Date(), place)
  if (answer.status === 'authorized') return run({ actor: answer.actor, db, sql, copySql })
  const { code, reason, actor, waitSeconds } = answer
  await recordRefusal(db, { actor, what: permission, reason })
  return jsonRefusal(code, reason, waitSeconds)
}

/** For the few pages without a session; they must not show anything of the lab. */
export const publicPage = (): { db: Db } => ({ db })

/** For the few actions without a session. A cross-site request ends in 403 here too. */
export async function publicAction<S extends z.ZodType, R>(
  what: string,
  schema: S,
  given: unknown,
  run: (given: { db: Db }, input: z.output<S>) => Promise<R>,
): Promise<R | Refusal> {
  await refuseCrossSite(what)
  const read = readInput(schema, given)
  return read.status === 'read' ? refuseWhenAway(() => run({ db }, read.input)) : read
}

/** For the few routes without a session; a cross-site change is refused here too. */
export async function publicRoute(
  request: Request,
  what: string,
  run: (given: { db: Db }) => Promise<Response>,
): Promise<Response> {
  const reason = crossSiteRefusal(request, env().ONEWAY_BASE_URL)
  if (reason === undefined) return run({ db })
  await recordRefusal(db, { what, reason })
  return Response.json({ message: reason }, { status: 403 })
}

async function refuseCrossSite(what: string): Promise<void> {
  const asked = { method: 'POST', headers: await headers() }
  const reason = crossSiteRefusal(asked, env().ONEWAY_BASE_URL)
  if (reason === undefined) return
  await recordRefusal(db, { what, reason })
  forbidden()
}
