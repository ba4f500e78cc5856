import type { Permission } from './permissions'

/** What a key may be used for. No scope may ever allow a change of a device, a trial or a person. */
export const keyScopes = ['read', 'export', 'calendar'] as const
export type KeyScope = (typeof keyScopes)[number]

/**
 * Where a key was sent. One in an address ends up in logs and histories of others, so only a key that reads the
 * calendar files and nothing else may stand there: calendar programs send no header.
 */
export type KeyPlace = 'header' | 'address'

const permissionsOf: Record<KeyPlace, Partial<Record<KeyScope, Permission>>> = {
  header: { read: 'look', export: 'export' },
  address: { calendar: 'look' },
}

export const scopeWords: Record<KeyScope, string> = {
  read: 'Read devices and trials (/api/v1)',
  export: 'Download exports (/api/exports)',
  calendar: 'Subscribe to the calendars; the key stands in their address',
}

/** Days a key is valid. */
export const keyDays = { min: 1, max: 365, default: 90 }

/** Characters of a key's name. */
export const maxKeyName = 60

/** Keys of one person that are neither revoked nor expired. */
export const maxKeys = 20

/** The prefix of every key, by which scanners for leaked secrets find it. */
export const keyPrefix = 'oneway_'

/** Why no key can have these scopes together; undefined if one can. */
export const scopesProblem = (scopes: readonly KeyScope[]): string | undefined =>
  scopes.includes('calendar') && new Set(scopes).size > 1
    ? 'A key for the calendar stands in an address, so it can be for nothing else. Make two keys.'
    : undefined

/** Why a key with these scopes lacks a permission. Undefined if the scopes allow it; the owner's role must allow it too. */
export function keyRefusalFor(
  scopes: readonly KeyScope[],
  permission: Permission,
  place: KeyPlace = 'header',
): string | undefined {
  const given = permissionsOf[place]
  if (scopes.some((scope) => given[scope] === permission)) return undefined
  if (place === 'address')
    return 'Only a key for the calendars may stand in an address. This key may have been seen by others: revoke it.'
  const needed = keyScopes.find((scope) => given[scope] === permission)
  return needed
    ? `This key lacks the scope “${needed}”. Its owner can create one that has it.`
    : 'No API key can do this: releasing, signing, approving, waiving and every other change need a person who is signed in.'
}

export type KeyDates = { expiresAt: Date; revokedAt: Date | null }
export type KeyState = 'live' | 'expired' | 'revoked'

export function keyStateAt({ expiresAt, revokedAt }: KeyDates, now: Date): KeyState {
  if (revokedAt !== null) return 'revoked'
  return expiresAt <= now ? 'expired' : 'live'
}
