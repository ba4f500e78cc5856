import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

/** A new secret in the form of Standard Webhooks; 32 random bytes, of which 24 are the minimum. */
export const makeNoticeSecret = (): string => `${prefix}${randomBytes(32).toString('base64')}`

/**
 * The headers with which a receiver verifies a webhook: its ID, the time of this try in seconds, and a signature by each
 * secret over ID, time and body.
 * https://github.com/standard-webhooks/standard-webhooks/blob/03f5f8c/spec/standard-webhooks.md#signature-scheme
 * @param secrets the current one, and the previous one while it still counts
 */
export function signedHeaders(
  { id, body, at }: { id: string; body: string; at: Date },
  secrets: readonly string[],
): Record<string, string> {
  const seconds = Math.floor(at.getTime() / 1000)
  const sign = (secret: string) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`
  }
  return {
    'webhook-id': id,
    'webhook-timestamp': String(seconds),
    'webhook-signature': secrets.map(sign).join(' '),
  }
}
