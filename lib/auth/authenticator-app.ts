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
  /** For who types it into the app instead of scanning. */
  secret: string
  /** An SVG picture of the whole address. */
  qrCode: string
  /** Shown this once; each opens the account once where the app is gone. */
  backupCodes: string[]
}

/** Makes a secret for an authenticator app; it asks for nothing until a code of it was right once. */
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

/** The first code of the app, from which on a password alone opens no session. */
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

/** better-auth throws its refusals; everything else is a bug and stays thrown. */
async function answerOf<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof APIError && error.statusCode < 500) return undefined
    throw error
  }
}
