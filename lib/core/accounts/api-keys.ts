import { createHash, randomBytes } from 'node:crypto'
import type { Db } from '@/lib/db/client'
import {
  countLiveKeys,
  findApiKey,
  insertApiKey,
  revokeKey,
} from '@/lib/db/queries/people/api-keys'
import { lockPeople } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import {
  type KeyScope,
  keyDays,
  keyPrefix,
  maxKeyName,
  maxKeys,
  scopesProblem,
} from '@/lib/domain/account/api-key'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import { forbidden, type Refusal, refused } from '../shared/result'

const dayMs = 24 * 3600 * 1000

/** SHA-256 in hex. A key is 256 random bits, so a slow hash would add nothing. */
export const hashOfKey = (key: string): string => createHash('sha256').update(key).digest('hex')

/** Creates an API key for the actor. The key is returned once; only its hash is stored. */
export async function makeApiKey(
  db: Db,
  actor: Actor,
  input: { name: string; scopes: readonly KeyScope[]; days: number },
  now: Date,
): Promise<{ status: 'made'; keyId: string; key: string } | Refusal> {
  const not = forbidden(actor, 'look') ?? problemOf(actor, input)
  if (not) return not
  const key = `${keyPrefix}${randomBytes(32).toString('base64url')}`
  return transact(db, actor, async (tx) => {
    await lockPeople(tx)
    if ((await countLiveKeys(tx, actor.id, now)) >= maxKeys)
      return refused(`You have ${maxKeys} keys; revoke one that is no longer used.`)
    const keyId = await insertApiKey(tx, {
      userId: actor.id,
      name: input.name.trim(),
      scopes: [...new Set(input.scopes)],
      sha256: hashOfKey(key),
      hint: key.slice(0, keyPrefix.length + 4),
      madeAt: now,
      expiresAt: new Date(now.getTime() + input.days * dayMs),
    })
    return { status: 'made', keyId, key }
  })
}

function problemOf(
  actor: Actor,
  { name, scopes, days }: { name: string; scopes: readonly KeyScope[]; days: number },
): Refusal | undefined {
  const { min, max } = keyDays
  if (name.trim() === '' || name.trim().length > maxKeyName)
    return refused(`Give the key a name of 1 to ${maxKeyName} characters.`, 'name')
  if (scopes.length === 0) return refused('Choose what the key is for.', 'scopes')
  const together = scopesProblem(scopes)
  if (together) return refused(together, 'scopes')
  if (scopes.includes('export') && !mayDo(actor, 'export'))
    return refused(`The role ${actor.role} may not export, and neither may your key.`, 'scopes')
  if (!Number.isInteger(days) || days < min || days > max)
    return refused(`A key is valid for ${min} to ${max} days.`, 'days')
  return undefined
}

/** Revokes a key at once: the actor's own, or anybody's if the actor manages people. */
export async function revokeApiKey(
  db: Db,
  actor: Actor,
  keyId: string,
  now: Date,
): Promise<{ status: 'revoked' } | Refusal> {
  const not = forbidden(actor, 'look')
  if (not) return not
  return transact(db, actor, async (tx) => {
    const key = await findApiKey(tx, keyId)
    const own = key?.personId === actor.id
    // Another person's key is treated as absent.
    if (!key || !(own || mayDo(actor, 'managePeople'))) return refused('There is no such key.')
    if (!(await revokeKey(tx, keyId, actor, now))) return refused('This key is revoked already.')
    return { status: 'revoked' }
  })
}
