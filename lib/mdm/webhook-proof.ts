import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Whether `header` (X-Hmac-Signature) is the standard base64 of HMAC-SHA-256(key, body) over the received bytes.
 * Both sides are hashed first, so the comparison takes the same time whatever the header is. Nothing counts as
 * signed with an empty key. NanoMDM's side:
 * https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go
 */
export function isSigned(body: Uint8Array, header: string | null, key: string): boolean {
  if (key === '' || header === null) return false
  const expected = createHmac('sha256', key).update(body).digest('base64')
  return timingSafeEqual(digest(expected), digest(header))
}

/** A secret for the webhook address of a server that does not sign: 256 bits that need no escaping in a URL. */
export const makeWebhookToken = (): string => randomBytes(32).toString('base64url')

/** The hash of a token, in hex. Only the hash is stored, so that reading the database does not allow posting. */
export const hashWebhookToken = (token: string): string => digest(token).toString('hex')

/**
 * Whether `token` is the one that was hashed. Digests of equal length are compared, so the comparison takes the
 * same time whatever was sent. Without a stored hash no token is accepted.
 */
export function isWebhookToken(token: string | undefined, sha256: string | null): boolean {
  if (token === undefined || sha256 === null || !/^[0-9a-f]{64}$/.test(sha256)) return false
  return timingSafeEqual(digest(token), Buffer.from(sha256, 'hex'))
}

const digest = (text: string) => createHash('sha256').update(text).digest()
