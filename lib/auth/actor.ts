import 'server-only'
import { headers } from 'next/headers'
import { redirect } from 'next/navigation'
import { cache } from 'react'
import { db } from '../db/pool'
import { countPeople } from '../db/users'
import type { Actor } from '../domain/actor'
import { paths } from '../paths'
import { auth } from './auth'

/** Set by proxy.ts, as a page does not know its own address. */
export const askedPathHeader = 'x-oneway-path'

/** Who sends these headers; undefined without a session. Session and role are read from the database each time. */
export async function findActor(requestHeaders: Headers): Promise<Actor | undefined> {
  const session = await auth().api.getSession({ headers: requestHeaders })
  if (!session) return undefined
  const { id, name, role } = session.user
  return { id, name, role }
}

/** Who asks, and how that was proved. */
export type Identity = { actor: Actor; by: 'session' }

/** Who asks a route handler; the one place for other proofs than a browser's session. */
export async function identify(requestHeaders: Headers): Promise<Identity | undefined> {
  const actor = await findActor(requestHeaders)
  return actor && { actor, by: 'session' }
}

/** Once per request, however many parts of a page ask. */
export const currentActor = cache(
  async (): Promise<Actor | undefined> => findActor(await headers()),
)

/** The person signed in; without one, goes to sign-in (or to set-up, in a lab without people) and back here afterwards. */
export async function requireActor(): Promise<Actor> {
  const actor = await currentActor()
  if (actor) return actor
  if ((await countPeople(db)) === 0) redirect(paths.setUp())
  redirect(paths.signIn((await headers()).get(askedPathHeader) ?? undefined))
}
