import { createAuthClient } from 'better-auth/client'
import { wordsOfProblem } from '@/lib/domain/account/sign-on'
import { paths } from '@/lib/paths'
import { wordsFor } from './sign-in'

/** Where the browser is to go, or why nowhere. */
export async function beginSignOn(
  next: string,
  ownAddress: string,
): Promise<{ url: string } | { because: string }> {
  // The provider leads back to the lab's own address, where a cookie of another name is not known.
  if (window.location.origin !== new URL(ownAddress).origin)
    return { url: `${ownAddress}${paths.signIn(next)}` }
  const { data, error } = await createAuthClient().$fetch<{ url: string }>('/oidc/start', {
    method: 'POST',
    body: { next },
  })
  if (data) return data
  const code = 'code' in error ? error.code : undefined
  return { because: wordsOfProblem(code) ?? wordsFor(error, ownAddress) }
}
