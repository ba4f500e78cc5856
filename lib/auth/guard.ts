import 'server-only'
import { headers } from 'next/headers'
import { forbidden, redirect } from 'next/navigation'
import type { Sql } from 'postgres'
import { cache } from 'react'
import type { z } from 'zod'
import { type Refusal, refused } from '../core/shared/result'
import type { Db } from '../db/client'
import { copySql, db, sql } from '../db/pool'
import { type Actor, type Permission, refusalFor } from '../domain/account/permissions'
import { env } from '../env'
import { paths } from '../paths'
import { textAnswer } from '../text-answers'
import { askedPath, currentActor, findSignedIn, identify, requireSignedIn } from './actor'
import { answerWhenAway, refuseWhenAway } from './database-away'
import { holdKey, keyIn } from './hold-key'
import { crossSiteRefusal } from './origins'
import { readInput } from './read-input'
import { recordRefusal, refusalIn } from './security-events'
import type { SignedIn } from './session'

// The only way from app/ to the database: each caller names the permission that it needs, which is looked up in
// the table of lib/domain/account/permissions.ts. lib/architecture.test.ts allows no other way.
// docs/decisions/014-authorization-guard.md

/** Who is authorized, and the database. */
export type Authorized = { actor: Actor; db: Db }

/** A person in a browser, by the session they opened there. */
export type AuthorizedInBrowser = Authorized & { signedIn: SignedIn }

/** A route handler may also listen (`sql`) and stream a COPY, which needs connections of its own. */
export type AuthorizedByRoute = Authorized & { sql: Sql; copySql: Sql }

/**
 * For pages, their parts and their `generateMetadata`: asks once per request and permission. Without a
 * session it redirects to sign-in; a role without the permission gets app/forbidden.tsx with status 403.
 */
export const authorize = cache(async (permission: Permission): Promise<AuthorizedInBrowser> => {
  const signedIn = await requireSignedIn()
  if (isShutOut(signedIn, permission)) redirect(paths.account())
  const { actor } = signedIn
  const reason = refusalFor(actor, permission)
  if (reason === undefined) return { actor, db, signedIn }
  await recordRefusal(db, { actor, what: permission, reason })
  forbidden()
})

/** Who must set a second factor does that before anything else. */
const isShutOut = ({ mustSetSecondFactor }: SignedIn, permission: Permission) =>
  mustSetSecondFactor && permission !== 'ownAccount'

/** For the frame around every page: undefined where nobody is signed in. */
export async function authorizeIfSignedIn(): Promise<Authorized | undefined> {
  const actor = await currentActor()
  return actor && refusalFor(actor, 'look') === undefined ? { actor, db } : undefined
}

/**
 * For server actions. A request from elsewhere than this lab's own pages ends in 403, one without a
 * session in sign-in; a role without the permission gets the refusal as the action's answer. Only then is what was
 * sent looked at: in another form than `schema` has, it is refused, the field named, and `run` not called.
 * What a service behind it refuses is entered into the trail here too. A database that does not answer in
 * time is a refusal that says so.
 */
export async function authorizeAction<S extends z.ZodType, R>(
  permission: Permission,
  schema: S,
  given: unknown,
  run: (authorized: AuthorizedInBrowser, input: z.output<S>) => Promise<R>,
): Promise<R | Refusal> {
  return refuseWhenAway(() => runAction(permission, schema, given, run))
}

async function runAction<S extends z.ZodType, R>(
  permission: Permission,
  schema: S,
  given: unknown,
  run: (authorized: AuthorizedInBrowser, input: z.output<S>) => Promise<R>,
): Promise<R | Refusal> {
  await refuseCrossSite(permission)
  const signedIn = await findSignedIn(await headers())
  // An action is sent to the address of the page it was pressed on.
  if (!signedIn) redirect(paths.signIn((await askedPath()) ?? undefined, undefined, true))
  if (isShutOut(signedIn, permission)) redirect(paths.account())
  const { actor } = signedIn
  const reason = refusalFor(actor, permission)
  if (reason !== undefined) {
    await recordRefusal(db, { actor, what: permission, reason })
    return refused(reason)
  }
  const read = readInput(schema, given)
  if (read.status !== 'read') return read
  const answer = await run({ actor, db, signedIn }, read.input)
  const refusal = refusalIn(answer, read.input)
  if (refusal) await recordRefusal(db, { actor, what: permission, ...refusal })
  return answer
}

/**
 * For route handlers: 401 without a session, 403 for a role without the permission and for a change that does not come
 * from this lab's own pages. `say` puts a refusal into the form the route answers in; text unless told.
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
 * For the routes programs may ask too: with an API key where one is sent, else as any route, by session.
 * An API key is accepted here only. Its refusals are JSON; those of a browser come in the form `say` gives.
 */
export async function authorizeApi(
  request: Request,
  permission: Permission,
  run: (authorized: AuthorizedByRoute) => Promise<Response>,
  say: Say = inJson,
): Promise<Response> {
  const key = keyIn(request.headers)
  if (key === undefined) return authorizeRoute(request, permission, run, say)
  return answerWhenAway(inJson, () => runWithKey(key, permission, run))
}

async function runWithKey(
  key: string,
  permission: Permission,
  run: (authorized: AuthorizedByRoute) => Promise<Response>,
): Promise<Response> {
  const answer = await holdKey(db, key, permission, new Date())
  if (answer.status === 'authorized') return run({ actor: answer.actor, db, sql, copySql })
  const { code, reason, actor, waitSeconds } = answer
  await recordRefusal(db, { actor, what: permission, reason })
  return inJson(code, reason, waitSeconds)
}

/** For the few pages that need no session; they may show nothing of the lab. */
export const publicPage = (): { db: Db } => ({ db })

/** For the few actions that need no session. A request from elsewhere ends in 403 here too. */
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

/** For the routes by which people sign in; a change that comes from elsewhere is refused here too. */
export async function publicRoute(
  request: Request,
  what: string,
  run: () => Promise<Response>,
): Promise<Response> {
  const reason = crossSiteRefusal(request, env().ONEWAY_BASE_URL)
  if (reason === undefined) return run()
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

const inJson = (status: number, reason: string, waitSeconds?: number) =>
  Response.json(
    { error: reason },
    {
      status,
      headers: {
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        ...(status === 401 && { 'www-authenticate': 'Bearer realm="Oneway"' }),
        ...(waitSeconds !== undefined && { 'retry-after': String(waitSeconds) }),
      },
    },
  )
