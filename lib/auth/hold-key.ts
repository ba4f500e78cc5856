import { hashOfKey } from '../core/accounts/api-keys'
import type { Db } from '../db/client'
import { findHeldKey, noteKeyUse } from '../db/queries/people/api-keys'
import { takeTurn } from '../db/queries/people/rate-limits'
import { keyPrefix, keyRefusalFor } from '../domain/account/api-key'
import { type Actor, type Permission, refusalFor } from '../domain/account/permissions'

/** Requests a minute with one key; wide enough for a report, too few to be felt. */
const keyLimit = { max: 120, windowMs: 60_000 }

export type KeyAnswer =
  | { status: 'authorized'; actor: Actor }
  | {
      status: 'refused'
      code: 401 | 403 | 429
      reason: string
      /** Who holds the key, where it is one. */
      actor?: Actor
      waitSeconds?: number
    }

const longest = 200

/**
 * The key of the header `Authorization: Bearer …`; undefined where no such header is sent. A key in the
 * address would stand in logs and histories and is never looked for.
 */
export function keyIn(headers: Pick<Headers, 'get'>): string | undefined {
  const sent = headers.get('authorization') ?? ''
  return /^bearer /i.test(sent) ? sent.slice('bearer '.length).trim() : undefined
}

/**
 * Who asks with this key, and whether they may: the key must be live, its owner not disabled, and both
 * the key's scopes and the owner's present role must give the permission. Every request takes a turn.
 */
export async function holdKey(
  db: Db,
  key: string,
  permission: Permission,
  now: Date,
): Promise<KeyAnswer> {
  const wellFormed = key.startsWith(keyPrefix) && key.length <= longest
  const held = wellFormed ? await findHeldKey(db, hashOfKey(key), now) : undefined
  if (!held)
    return {
      status: 'refused',
      code: 401,
      reason: 'This API key is not known, has expired or was revoked, or its owner has left.',
    }
  const { owner, name } = held
  const actor: Actor = { ...owner, name: `${owner.name} (API key “${name}”)` }
  const turn = await takeTurn(db, `api-key:${held.id}`, keyLimit, now)
  if (turn.status === 'wait')
    return {
      status: 'refused',
      code: 429,
      reason: `This key has asked ${keyLimit.max} times in a minute. Ask again in ${turn.seconds} seconds.`,
      actor,
      waitSeconds: turn.seconds,
    }
  await noteKeyUse(db, held.id, now)
  const reason = keyRefusalFor(held.scopes, permission) ?? refusalFor(actor, permission)
  return reason === undefined
    ? { status: 'authorized', actor }
    : { status: 'refused', code: 403, reason, actor }
}
