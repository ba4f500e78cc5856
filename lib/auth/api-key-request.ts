import { hashOfKey } from '../core/accounts/api-keys'
import type { Db } from '../db/client'
import { findAndCountKey, noteKeyUse } from '../db/queries/people/api-keys'
import { type KeyPlace, keyPrefix, keyRefusalFor } from '../domain/account/api-key'
import { type Actor, type Permission, refusalFor } from '../domain/account/permissions'

/** Requests a minute with one key: enough for a report, too few to slow the lab down. */
const keyLimit = { max: 120, windowMs: 60_000 }

type KeyAnswer =
  | { status: 'authorized'; actor: Actor }
  | {
      status: 'refused'
      code: 401 | 403 | 429
      reason: string
      /** The owner of the key, if the key is known. */
      actor?: Actor
      waitSeconds?: number
    }

const maxKeyLength = 200

/**
 * The key in the header `Authorization: Bearer …`; undefined without such a header. In an address only the key of the
 * calendar files is accepted (`calendarKeyIn`), as addresses end up in logs and browser histories.
 */
export function keyIn(headers: Pick<Headers, 'get'>): string | undefined {
  const sent = headers.get('authorization') ?? ''
  return /^bearer /i.test(sent) ? sent.slice('bearer '.length).trim() : undefined
}

/** The key in the address of a calendar file; undefined without one. */
export const calendarKeyIn = (request: Pick<Request, 'url'>): string | undefined =>
  new URL(request.url).searchParams.get('key') ?? undefined

/**
 * The owner of this key, if it gives the permission: the key must be live, its owner not disabled, and both
 * the key's scopes and the owner's present role must include the permission. Each request counts against
 * `keyLimit`.
 */
export async function authorizeKey(
  db: Db,
  key: string,
  permission: Permission,
  now: Date,
  place: KeyPlace = 'header',
): Promise<KeyAnswer> {
  const wellFormed = key.startsWith(keyPrefix) && key.length <= maxKeyLength
  const found = wellFormed ? await findAndCountKey(db, hashOfKey(key), keyLimit, now) : undefined
  if (!found)
    return {
      status: 'refused',
      code: 401,
      reason: 'This API key is not known, has expired or was revoked, or its owner has left.',
    }
  const { held, attempt } = found
  const { owner, name } = held
  const actor: Actor = { ...owner, name: `${owner.name} (API key “${name}”)` }
  if (attempt.status === 'wait')
    return {
      status: 'refused',
      code: 429,
      reason: `This key has asked ${keyLimit.max} times in a minute. Ask again in ${attempt.seconds} seconds.`,
      actor,
      waitSeconds: attempt.seconds,
    }
  await noteKeyUse(db, held, now)
  const reason = keyRefusalFor(held.scopes, permission, place) ?? refusalFor(actor, permission)
  return reason === undefined
    ? { status: 'authorized', actor }
    : { status: 'refused', code: 403, reason, actor }
}
