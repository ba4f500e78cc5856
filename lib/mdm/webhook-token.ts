import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A secret for the address of a webhook that signs nothing: 256 bits that fit into a URL as they are. */
export const makeWebhookToken = (): string => randomBytes(32).toString('base64url')

/** Hex; what is stored of a token, so that whoever reads the database cannot post. */
export const hashWebhookToken = (token: string): string => digest(token).toString('hex')

/**
 * True when `token` is the one that was hashed. Digests of equal length are compared, so the comparison
 * takes the same time whatever was sent. No stored hash lets nobody in.
 */
export function isWebhookToken(token: string | undefined, sha256: string | null): boolean {
  if (token === undefined || sha256 === null || !/^[0-9a-f]{64}$/.test(sha256)) return false
  return timingSafeEqual(digest(token), Buffer.from(sha256, 'hex'))
}

const digest = (text: string) => createHash('sha256').update(text).digest()
