import { createAuthClient } from 'better-auth/client'
import type { SignIn } from './schema'

/** Opens a session in this browser; answers why not, or undefined when it is open. */
export async function signIn(input: SignIn, ownAddress: string): Promise<string | undefined> {
  const { error } = await createAuthClient().signIn.email(input)
  return error ? wordsFor(error, ownAddress) : undefined
}

type Problem = { status: number; message?: string | undefined }

/** What went wrong and what to do, by the status of better-auth's answer. */
export function wordsFor({ status, message }: Problem, ownAddress: string): string {
  if (status === 401)
    return 'The email or the password is wrong. An admin can give you a new password under People.'
  if (status === 403)
    return `This lab is set to the address ${ownAddress}; open it there. (ONEWAY_BASE_URL sets another.)`
  if (status === 429) return message ?? 'Too many attempts; try again in a minute.'
  if (status === 0) return 'Oneway did not answer. Is it still running?'
  return `Sign-in did not work (status ${status}). Try again; if it stays, look into the server's log.`
}
