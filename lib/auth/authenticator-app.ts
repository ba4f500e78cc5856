import { createHash } from 'node:crypto'
import { APIError } from 'better-auth/api'
import { toString as drawQrCode } from 'qrcode'
import { proveByPassword } from '../credentials/prove'
import type { Db } from '../db/client'
import { tryCode } from '../db/queries/people/second-factors'
import type { Actor } from '../domain/account/permissions'
import { auth } from './auth'

type Refused = { status: 'refused'; reason: string; field: string }

export type StartedApp = {
  status: 'started'
  /** To type into the app instead of scanning. */
  secret: string
  /** The otpauth URI as an SVG picture. */
  qrCode: string
  /** Shown only this once; each replaces the app's code for one sign-in. */
  backupCodes: string[]
}

/** Creates the secret for an authenticator app. Sign-in asks for a code only after `finishAuthenticatorApp`. */
export async function startAuthenticatorApp(
  db: Db,
  actor: Actor,
  input: { password: string; headers: Headers },
  now: Date,
): Promise<StartedApp | Refused> {
  const proof = await proveByPassword(db, actor, input, now)
  if (proof.status === 'refused') return refusedOn('password', proof.reason)
  const { password, headers } = input
  const made = await answerOf(
    auth().api.enableTwoFactor({ body: { password, method: 'totp' }, headers }),
  )
  if (made?.method !== 'totp')
    return refusedOn('password', 'You have an authenticator app here already; remove it first.')
  const { totpURI, backupCodes } = made
  return {
    status: 'started',
    secret: new URL(totpURI).searchParams.get('secret') ?? '',
    qrCode: await drawQrCode(totpURI, { type: 'svg', margin: 1, errorCorrectionLevel: 'M' }),
    backupCodes,
  }
}

/** Checks the first code of the app. From then on a password alone does not open a session. */
export async function finishAuthenticatorApp(
  db: Db,
  actor: Actor,
  input: { code: string; headers: Headers },
  now: Date,
): Promise<{ status: 'set' } | Refused> {
  const { headers } = input
  const code = input.code.replaceAll(/\s/g, '')
  const codeSha256 = createHash('sha256').update(code).digest('hex')
  if (!(await tryCode(db, { userId: actor.id, codeSha256 }, now)))
    return refusedOn('code', 'This code was tried already. Wait for the next one.')
  const done = await answerOf(auth().api.verifyTOTP({ body: { code }, headers }))
  if (done) return { status: 'set' }
  return refusedOn('code', 'This is not the current code. Is the clock of the phone right?')
}

const refusedOn = (field: string, reason: string): Refused => ({
  status: 'refused',
  reason,
  field,
})

/** The answer of better-auth, or undefined if it refuses, which it does by throwing. Other errors stay thrown. */
async function answerOf<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof APIError && error.statusCode < 500) return undefined
    throw error
  }
}
