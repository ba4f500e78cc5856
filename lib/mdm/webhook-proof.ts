import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * True when `header` (X-Hmac-Signature) is the standard base64 of HMAC-SHA-256(key, body) over the
 * bytes as they came. Both sides are hashed first, so the comparison takes the same time whatever the
 * header says and however long it is. An empty key signs nothing. NanoMDM's side:
 * https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go
 */
export function isSigned(body: Uint8Array, header: string | null, key: string): boolean {
  if (key === '' || header === null) return false
  const expected = createHmac('sha256', key).update(body).digest('base64')
  return timingSafeEqual(digest(expected), digest(header))
}

/** A secret for the address of a webhook that signs nothing: 256 bits that fit into a URL as they are. */
export const makeWebhookToken = (): string => randomBytes(32).toString('base64url')

/** Hex; what is stored of a token, so that whoever reads the database cannot post. */
export const hashWebhookToken = (token: string): string => digest(token).toString('hex')

/**
 * True when `token` is the one that was hashed. Digests of equal length are compared, so the comparison
 * takes the same time whatever was sent. Without a stored hash no token is right.
 */
export function isWebhookToken(token: string | undefined, sha256: string | null): boolean {
  if (token === undefined || sha256 === null || !/^[0-9a-f]{64}$/.test(sha256)) return false
  return timingSafeEqual(digest(token), Buffer.from(sha256, 'hex'))
}

const digest = (text: string) => createHash('sha256').update(text).digest()
