import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server'
import type { Db } from '../db/client'
import {
  findPasskey,
  insertPasskey,
  keepChallenge,
  listPasskeys,
  notePasskeyUse,
  type Passkey,
  settleSecondFactor,
  takeChallenge,
} from '../db/queries/people/second-factors'
import { transact } from '../db/transact'
import type { Actor } from '../domain/account/permissions'
import { env } from '../env'
import { originsOf, passkeyHost } from './origins'

/** What the browser sends; the library checks its content and does not rely on its type. */
export type NewPasskeyAnswer = RegistrationResponseJSON
export type PasskeyAnswer = AuthenticationResponseJSON

const transportsOf = (key: Passkey) => key.transports as AuthenticatorTransport[] // As the browser reported them.
const forNew = (sessionId: string) => `passkey-new:${sessionId}`

/**
 * The options with which a browser creates a passkey. The authenticator must verify the person (PIN, fingerprint,
 * face), so that a passkey alone counts as two factors (NIST SP 800-63B-4 §3.1.7, ASVS 5.0 6.3.3).
 */
export async function askForNewPasskey(
  db: Db,
  person: { actor: Actor; email: string; sessionId: string },
  now: Date,
) {
  const { actor, email, sessionId } = person
  const known = await listPasskeys(db, actor.id)
  const options = await generateRegistrationOptions({
    rpName: 'Oneway',
    rpID: passkeyHost(env().ONEWAY_BASE_URL).rpId,
    userID: new TextEncoder().encode(actor.id),
    userName: email,
    userDisplayName: actor.name,
    attestationType: 'none',
    excludeCredentials: known.map((key) => ({
      id: key.credentialId,
      transports: transportsOf(key),
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  const { challenge } = options
  await keepChallenge(db, { identifier: forNew(sessionId), challenge, now })
  return options
}

/** Stores a passkey that the browser created for this session's challenge; false if it does not match. */
export async function keepNewPasskey(
  db: Db,
  person: { actor: Actor; sessionId: string },
  input: { answer: NewPasskeyAnswer; name: string },
  now: Date,
): Promise<boolean> {
  const challenge = await takeChallenge(db, forNew(person.sessionId), now)
  if (challenge === undefined) return false
  const made = await verifyRegistrationResponse({
    response: input.answer,
    expectedChallenge: challenge,
    ...expected(),
  }).catch(() => undefined)
  if (!made?.verified) return false
  const { credential, credentialBackedUp } = made.registrationInfo
  await transact(db, person.actor, async (tx) => {
    await insertPasskey(tx, {
      userId: person.actor.id,
      name: input.name,
      credentialId: credential.id,
      publicKey: credential.publicKey,
      counter: credential.counter,
      transports: credential.transports ?? [],
      backedUp: credentialBackedUp,
      createdAt: now,
    })
    await settleSecondFactor(tx, person.actor.id, now)
  })
  return true
}

/** The options with which a browser uses a passkey: one of this person, or any if `personId` is undefined. */
export async function askForPasskey(
  db: Db,
  identifier: string,
  personId: string | undefined,
  now: Date,
) {
  const keys = personId === undefined ? [] : await listPasskeys(db, personId)
  const options = await passkeyQuestion(keys)
  await keepChallenge(db, { identifier, challenge: options.challenge, now })
  return options
}

/** The same without storing the challenge, which the caller does. It is random by default. */
export function passkeyQuestion(keys: Passkey[], challenge?: Uint8Array<ArrayBuffer>) {
  return generateAuthenticationOptions({
    rpID: passkeyHost(env().ONEWAY_BASE_URL).rpId,
    userVerification: 'required',
    ...(challenge && { challenge }),
    allowCredentials: keys.map((key) => ({
      id: key.credentialId,
      transports: transportsOf(key),
    })),
  })
}

/** The ID of the person whose passkey answered the stored challenge; undefined if it is unknown or does not match. */
export async function personOfPasskey(
  db: Db,
  identifier: string,
  answer: PasskeyAnswer,
  now: Date,
): Promise<string | undefined> {
  const challenge = await takeChallenge(db, identifier, now)
  return challenge === undefined ? undefined : checkPasskey(db, challenge, answer, now)
}

/** The same for a challenge that the caller has already taken from the database. */
export async function checkPasskey(
  db: Db,
  challenge: string,
  answer: PasskeyAnswer,
  now: Date,
): Promise<string | undefined> {
  const key = await findPasskey(db, answer.id)
  if (!key) return undefined
  const credential = {
    id: key.credentialId,
    publicKey: key.publicKey,
    counter: key.counter,
    transports: transportsOf(key),
  }
  const checked = await verifyAuthenticationResponse({
    response: answer,
    expectedChallenge: challenge,
    credential,
    ...expected(),
  }).catch(() => undefined)
  if (!checked?.verified) return undefined
  const { newCounter } = checked.authenticationInfo
  await notePasskeyUse(db, key.id, { counter: newCounter, lastUsedAt: now })
  return key.userId
}

function expected() {
  const { ONEWAY_BASE_URL } = env()
  return {
    expectedOrigin: originsOf(ONEWAY_BASE_URL),
    expectedRPID: passkeyHost(ONEWAY_BASE_URL).rpId,
    requireUserVerification: true,
  }
}
