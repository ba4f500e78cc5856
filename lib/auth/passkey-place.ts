import { isIP } from 'node:net'

export type PasskeyPlace = { rpId: string; origin: string }

/**
 * Where passkeys of this lab work: they belong to a host name, and no browser makes one for a bare network
 * address (https://www.w3.org/TR/webauthn-3/#rp-id), so that a lab on 127.0.0.1 uses `localhost`.
 */
export function passkeyPlace(baseUrl: string): PasskeyPlace {
  const url = new URL(baseUrl)
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) url.hostname = 'localhost'
  return { rpId: url.hostname, origin: url.origin }
}
