/**
 * What better-auth answers over HTTP; everything else it can do is 404. Passwords, names, sessions and
 * second factors change by the services alone, which ask who may and write the record.
 */
const openPaths = new Set([
  '/sign-in/email',
  '/sign-out',
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/ask',
  '/passkey/sign-in',
  '/oidc/start',
  '/oidc/callback',
])

/** Whether a path below /api/auth is answered. */
export const isOpenPath = (path: string): boolean => openPaths.has(path)
