import { nextCookies } from 'better-auth/next-js'
import { twoFactor } from 'better-auth/plugins'
import { oidcPlugins } from './oidc/plugin'
import { passkeyPlugin } from './passkey-plugin'

/** What better-auth does beyond a password. */
export const plugins = () => [
  twoFactor({
    issuer: 'Oneway',
    // Secrets and backup codes are encrypted with BETTER_AUTH_SECRET (XChaCha20-Poly1305).
    backupCodeOptions: { amount: 10, length: 10, storeBackupCodes: 'encrypted' },
    // Its own lock would keep a person out for whoever knows the password; lib/credentials/guess-limits holds both.
    accountLockout: { enabled: false },
  }),
  passkeyPlugin(),
  ...oidcPlugins(),
  // The last one: it hands the cookies of a server action to Next.
  nextCookies(),
]
