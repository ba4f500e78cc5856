import { createHash } from 'node:crypto'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import {
  clearGuesses,
  countGuess,
  type GuessCount,
  waitToGuess,
  waitWords,
} from '../credentials/guess-limits'
import { db } from '../db/pool'
import {
  countAttempt,
  deleteOldLimits,
  recordFamiliarAddress,
} from '../db/queries/people/rate-limits'
import { tryCode } from '../db/queries/people/second-factors'
import { findPerson, findPersonByEmail } from '../db/queries/people/users'
import { getAccessSettings } from '../db/queries/settings'
import { clientAddress } from './client-address'
import { createFailedSignInRecorder } from './security-events'

const passwordPath = '/sign-in/email'
const signOnPath = '/oidc/start'
const codePaths = ['/two-factor/verify-totp', '/two-factor/verify-backup-code']

type Context = Parameters<Parameters<typeof createAuthMiddleware>[0]>[0]
type Allowed = Extract<GuessCount, { status: 'allowed' }>

// Handed from the hook before a request to the hook after it, by better-auth's context of that request.
const attempts = new WeakMap<object, Allowed>()
const leaveQueue = new WeakMap<object, () => void>()

/** Counts each password and code against the limits before it is checked; beyond them it is answered 429. */
export const beforeSignIn = createAuthMiddleware(async (context) => {
  if (context.path === signOnPath) await limitSignOn(clientAddress(context.headers))
  const guess = await guessIn(context)
  if (!guess) return
  try {
    await admitGuess(context, guess)
  } catch (error) {
    // A request refused here does not reach the hook after it.
    leaveQueue.get(context.context)?.()
    if (error instanceof APIError) await recordFailure(context, error)
    throw error
  }
})

async function admitGuess(context: Context, guess: GuessIn): Promise<void> {
  const address = clientAddress(context.headers)
  const keys = [`${guess.kind}:${guess.email.toLowerCase()}`, `${guess.kind}:from:${address}`]
  leaveQueue.set(context.context, await waitToGuess(keys))
  const attempt = await countGuess(db, { ...guess, address }, new Date())
  if (attempt.status === 'wait') throw mustWait(attempt.seconds)
  attempts.set(context.context, attempt)
  if (guess.personId !== undefined)
    await refuseUsedCode(guess.personId, fieldOf(context.body, 'code'))
}

/** Settles the count: a wrong guess stays counted, a right one clears it. */
export const afterSignIn = createAuthMiddleware(async (context) => {
  try {
    await settle(context)
  } finally {
    leaveQueue.get(context.context)?.()
  }
})

async function settle(context: Context): Promise<void> {
  const attempt = attempts.get(context.context)
  const { returned, newSession } = context.context
  if (returned instanceof APIError) await recordFailure(context, returned)
  if (attempt && returned instanceof APIError && attempt.wrongWaitsSeconds !== undefined)
    throw mustWait(attempt.wrongWaitsSeconds)
  if (returned instanceof APIError) return
  if (attempt) await clearGuesses(db, attempt)
  // With a second factor a password alone is only the first half of a sign-in.
  const half = context.path === passwordPath && isWithSecondFactor(newSession?.user)
  if (!newSession || half) return
  const now = new Date()
  await recordFamiliarAddress(db, newSession.user.id, clientAddress(context.headers), now)
  await deleteOldLimits(db, now)
}

/** How a failed sign-in is recorded, by the path it was sent to. */
const methods = new Map<string, 'password' | 'code' | 'passkey'>([
  [passwordPath, 'password'],
  ...codePaths.map((path) => [path, 'code'] as const),
  ['/passkey/sign-in', 'passkey'],
])
const recordFailedSignIn = createFailedSignInRecorder(db)

/** Records a failed sign-in with its account, if there is one, and never with what was typed. */
async function recordFailure(context: Context, { body, status }: APIError): Promise<void> {
  const how = methods.get(context.path)
  if (!how) return
  const person =
    how === 'password'
      ? await findPersonByEmail(db, fieldOf(context.body, 'email'))
      : how === 'code' && (await findHalfSignedIn(context))
  const code = body?.code ?? status
  await recordFailedSignIn({
    personId: person ? person.id : undefined,
    how,
    reason: String(code),
    address: clientAddress(context.headers),
  })
}

/** Nothing can be guessed here, but each start stores a row and asks the provider. */
async function limitSignOn(address: string): Promise<void> {
  const limit = { max: 60, windowMs: 60_000 }
  const attempt = await countAttempt(db, `sign-on:from:${address}`, limit, new Date())
  if (attempt.status === 'wait') throw mustWait(attempt.seconds)
}

type GuessIn = { kind: 'sign-in' | 'code'; email: string; personId?: string }

async function guessIn(context: Context): Promise<GuessIn | undefined> {
  const { path, body } = context
  if (path === passwordPath) return { kind: 'sign-in', email: fieldOf(body, 'email') }
  if (!codePaths.includes(path)) return undefined
  // With it, better-auth would skip the second factor in this browser for a month.
  if (typeof body === 'object' && body !== null && 'trustDevice' in body && body.trustDevice)
    throw new APIError('BAD_REQUEST', { message: 'The second factor is asked at each sign-in.' })
  const person = await findHalfSignedIn(context)
  return person && { kind: 'code', email: person.email, personId: person.id }
}

/** The person whose password was just right, by the cookie that better-auth sets for the second step. */
async function findHalfSignedIn(context: Context) {
  const { createAuthCookie, secret, internalAdapter } = context.context
  const identifier = await context.getSignedCookie(createAuthCookie('two_factor').name, secret)
  if (!identifier) return undefined
  const half = await internalAdapter.findVerificationValue(identifier)
  return half ? findPerson(db, half.value) : undefined
}

/** A code works once, so that one seen over a shoulder opens nothing (ASVS 5.0 6.5.1, RFC 6238 §5.2). */
async function refuseUsedCode(personId: string, code: string): Promise<void> {
  const codeSha256 = createHash('sha256').update(code.replaceAll(/\s/g, '')).digest('hex')
  if (await tryCode(db, { userId: personId, codeSha256 }, new Date())) return
  throw new APIError('UNAUTHORIZED', {
    code: 'CODE_WAS_TRIED',
    message: 'This code was tried already. Wait for the next one.',
  })
}

const mustWait = (seconds: number) =>
  new APIError('TOO_MANY_REQUESTS', { code: 'TOO_MANY_REQUESTS', message: waitWords(seconds) })

function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null) return ''
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value.slice(0, 320) : ''
}

const isWithSecondFactor = (user: object | undefined) =>
  user !== undefined && Reflect.get(user, 'twoFactorEnabled') === true

type NewSession = { userId: string; createdAt: Date; expiresAt: Date }
type Request = { headers?: Headers | undefined } | null | undefined

/**
 * Runs before any session is stored, however its person signs in, and sets its end by the lab's absolute
 * limit. A disabled person is refused in the words of a wrong password, so that nobody learns who has left.
 */
export async function beforeSession<S extends NewSession>(session: S, request: Request) {
  const [person, { sessionHours }] = await Promise.all([
    findPerson(db, session.userId),
    getAccessSettings(db),
  ])
  if (!person || person.disabledAt !== null)
    throw new APIError('UNAUTHORIZED', {
      code: 'INVALID_EMAIL_OR_PASSWORD',
      message: 'Invalid email or password',
    })
  const expiresAt = new Date(session.createdAt.getTime() + sessionHours * 3_600_000)
  return { data: { ...session, expiresAt, ipAddress: clientAddress(request?.headers) } }
}
