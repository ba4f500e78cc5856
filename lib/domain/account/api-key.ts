import type { Deed } from './actor'

/** What a key may be for. Nothing here changes a device, a trial or a person, and nothing ever may. */
export const keyScopes = ['read', 'export'] as const
export type KeyScope = (typeof keyScopes)[number]

const deedsOf: Record<KeyScope, Deed> = { read: 'look', export: 'export' }

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

/** Begins every key, so that a program that looks for leaked secrets finds it. */
export const keyPrefix = 'oneway_'

/** Why a key with these scopes may not do a deed; undefined where it may, if its owner's role may too. */
export function keyRefusalFor(scopes: readonly KeyScope[], deed: Deed): string | undefined {
  if (scopes.some((scope) => deedsOf[scope] === deed)) return undefined
  const needed = keyScopes.find((scope) => deedsOf[scope] === deed)
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
