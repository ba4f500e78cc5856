import { startAuthentication } from '@simplewebauthn/browser'
import { createAuthClient } from 'better-auth/client'
import type { SignIn } from './schema'

/** What comes of one step: in, the second factor asked, or why not. */
export type Step = { to: 'in' } | { to: 'secondFactor' } | { to: 'again'; reason: string }

/** Opens a session in this browser, or gets as far as the second factor. */
export async function signIn(input: SignIn, ownAddress: string): Promise<Step> {
  const { error, data } = await createAuthClient().signIn.email(input)
  if (error) return { to: 'again', reason: wordsFor(error, ownAddress) }
  // The client does not load the plugin, which is larger than this one word of its answer.
  return { to: 'twoFactorRedirect' in data ? 'secondFactor' : 'in' }
}

/** The second factor: six digits are of the app, anything else is a backup code. */
export async function giveCode(code: string, ownAddress: string): Promise<Step> {
  const kind = /^\d{6}$/.test(code) ? 'totp' : 'backup-code'
  const { $fetch: ask } = createAuthClient()
  const { error } = await ask(`/two-factor/verify-${kind}`, {
    method: 'POST',
    body: { code },
  })
  return error ? { to: 'again', reason: wordsForCode(error, ownAddress) } : { to: 'in' }
}

type Question = Parameters<typeof startAuthentication>[0]['optionsJSON']

/** Signs in with a passkey, which counts as both factors. */
export async function signInByPasskey(ownAddress: string): Promise<Step> {
  const { $fetch: ask } = createAuthClient()
  const again = (reason: string): Step => ({ to: 'again', reason })
  const asked = await ask<Question>('/passkey/ask', { method: 'POST', body: {} })
  if (asked.error) return again(wordsFor(asked.error, ownAddress))
  const answer = await startAuthentication({ optionsJSON: asked.data }).catch(() => undefined)
  if (!answer)
    return again(
      'No passkey was used: it was cancelled, or this browser has none for this address.',
    )
  const { error } = await ask('/passkey/sign-in', { method: 'POST', body: { answer } })
  if (!error) return { to: 'in' }
  return again(
    error.status === 401 ? 'This passkey belongs to no account here.' : wordsFor(error, ownAddress),
  )
}

type Problem = { status: number; message?: string | undefined; code?: string | undefined }

/** What went wrong and what to do, by the status of better-auth's answer. */
export function wordsFor({ status, message }: Problem, ownAddress: string): string {
  if (status === 401)
    return 'The email or the password is wrong. An admin can make you a link for a new password under People.'
  if (status === 403)
    return `This lab is set to the address ${ownAddress}; open it there. (ONEWAY_BASE_URL sets another.)`
  if (status === 429) return message ?? 'Too many attempts; try again in a minute.'
  if (status === 0) return 'Oneway did not answer. Is it still running?'
  return `Sign-in did not work (status ${status}). Try again; if it persists, check the server's log.`
}

/** The same for the second step. */
export function wordsForCode({ status, code, ...problem }: Problem, ownAddress: string): string {
  if (code === 'CODE_WAS_TRIED') return 'This code was tried already. Wait for the next one.'
  if (code === 'INVALID_TWO_FACTOR_COOKIE')
    return 'This took longer than ten minutes. Start over with your password.'
  if (status === 400) return 'Too many wrong codes. Start over with your password.'
  if (status === 401) return 'This is not the current code. Is the clock of the phone right?'
  return wordsFor({ status, ...problem }, ownAddress)
}
