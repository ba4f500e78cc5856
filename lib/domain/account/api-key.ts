import type { Permission } from './permissions'

/** What a key may be used for. No scope may ever allow a change of a device, a trial or a person. */
export const keyScopes = ['read', 'export'] as const
export type KeyScope = (typeof keyScopes)[number]

const permissionsOf: Record<KeyScope, Permission> = { read: 'look', export: 'export' }

export const scopeWords: Record<KeyScope, string> = {
  read: 'Read devices and trials (/api/v1)',
  export: 'Download exports (/api/exports)',
}

/** Days a key is valid. */
export const keyDays = { min: 1, max: 365, default: 90 }

/** Characters of a key's name. */
export const maxKeyName = 60

/** Keys of one person that are neither revoked nor expired. */
export const maxKeys = 20

/** The prefix of every key, by which scanners for leaked secrets find it. */
export const keyPrefix = 'oneway_'

/** Why a key with these scopes lacks a permission. Undefined if the scopes allow it; the owner's role must allow it too. */
export function keyRefusalFor(
  scopes: readonly KeyScope[],
  permission: Permission,
): string | undefined {
  if (scopes.some((scope) => permissionsOf[scope] === permission)) return undefined
  const needed = keyScopes.find((scope) => permissionsOf[scope] === permission)
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
