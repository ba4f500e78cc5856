import { randomBytes } from 'node:crypto'

/** What the policy of a page depends on. `dev` is the dev server, which evaluates and injects code. */
export type PolicyOptions = { nonce: string; dev: boolean }

/** A number used once, for one response. Next takes base64 only. */
export const makeNonce = (): string => randomBytes(18).toString('base64')

/**
 * The Content-Security-Policy of a page: its own scripts by nonce and what they load, and nothing else.
 * Style elements need the nonce too. Style attributes stay allowed: Mantine and the charts place
 * everything by them, and a nonce cannot be put on an attribute; they can draw, but run nothing.
 */
export function pagePolicy({ nonce, dev }: PolicyOptions): string {
  const script = `'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`
  return [
    "default-src 'self'",
    `script-src ${script}`,
    "script-src-attr 'none'",
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "worker-src 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The policy of a response that is not a page: if a browser takes it for one, it can do nothing. */
export const plainPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** The policy of a file that came from outside, such as a device's reply: it is not even a document of this site. */
export const filePolicy = `${plainPolicy}; sandbox`
