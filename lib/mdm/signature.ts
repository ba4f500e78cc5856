import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

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

const digest = (text: string) => createHash('sha256').update(text).digest()
