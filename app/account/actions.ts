'use server'

import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import type { z } from 'zod'
import { finishAuthenticatorApp, startAuthenticatorApp } from '@/lib/auth/authenticator-app'
import { authorizeAction } from '@/lib/auth/guard'
import { askForNewPasskey, keepNewPasskey, type NewPasskeyAnswer } from '@/lib/auth/passkeys'
import { noInput } from '@/lib/auth/read-input'
import { makeApiKey, revokeApiKey } from '@/lib/core/accounts/api-keys'
import {
  changeOwnName,
  changeOwnPassword,
  endOtherSessions,
  endOwnSession,
  removeAuthenticatorApp,
  removePasskey,
} from '@/lib/core/accounts/change-own-account'
import { chooseMail } from '@/lib/core/notices/choose-mail'
import { refused } from '@/lib/core/shared/result'
import { proveForPasskeys } from '@/lib/credentials/prove'
import { mailSettings } from '@/lib/mail/smtp'
import { paths } from '@/lib/paths'
import {
  codeSchema,
  idSchema,
  keyIdSchema,
  type MailChoiceInput,
  type MakeKeyInput,
  mailChoiceSchema,
  makeKeySchema,
  nameSchema,
  newPasskeySchema,
  ownProofSchema,
  type PasswordInput,
  passwordSchema,
  proofSchema,
  removePasskeySchema,
} from './schema'

type Proof = z.input<typeof proofSchema>

export async function changeNameAction(input: z.input<typeof nameSchema>) {
  return authorizeAction('ownAccount', nameSchema, input, async ({ actor, db }, { name }) =>
    again(await changeOwnName(db, actor, name, new Date())),
  )
}

export async function changePasswordAction(input: PasswordInput) {
  return authorizeAction(
    'ownAccount',
    passwordSchema,
    input,
    async ({ actor, db, signedIn }, given) => {
      const change = { ...given, sessionId: signedIn.sessionId }
      return again(await changeOwnPassword(db, actor, change, new Date()))
    },
  )
}

export async function endSessionAction(sessionId: string) {
  return authorizeAction('ownAccount', idSchema, sessionId, async ({ actor, db }, id) =>
    again(await endOwnSession(db, actor, id)),
  )
}

export async function endOtherSessionsAction() {
  return authorizeAction('ownAccount', noInput, undefined, async ({ actor, db, signedIn }) =>
    again(await endOtherSessions(db, actor, signedIn.sessionId)),
  )
}

export async function startAppAction(input: Proof) {
  return authorizeAction('ownAccount', proofSchema, input, async ({ actor, db }, given) =>
    startAuthenticatorApp(db, actor, { ...given, headers: await headers() }, new Date()),
  )
}

export async function finishAppAction(input: z.input<typeof codeSchema>) {
  return authorizeAction('ownAccount', codeSchema, input, async ({ actor, db }, given) => {
    const answer = { ...given, headers: await headers() }
    return again(await finishAuthenticatorApp(db, actor, answer, new Date()))
  })
}

export async function removeAppAction(input: Proof) {
  return authorizeAction('ownAccount', proofSchema, input, async ({ actor, db }, given) =>
    again(await removeAuthenticatorApp(db, actor, given, new Date())),
  )
}

export async function askForPasskeyAction(input: z.input<typeof ownProofSchema>) {
  return authorizeAction(
    'ownAccount',
    ownProofSchema,
    input,
    async ({ actor, db, signedIn }, given) => {
      const now = new Date()
      const { signedInAt } = signedIn
      const proof = await proveForPasskeys(db, actor, { ...given, signedInAt }, now)
      if (proof.status === 'refused') return refused(proof.reason, 'password')
      return { status: 'asked' as const, options: await askForNewPasskey(db, signedIn, now) }
    },
  )
}

export async function keepPasskeyAction(input: { name: string; answer: NewPasskeyAnswer }) {
  return authorizeAction('ownAccount', newPasskeySchema, input, async ({ db, signedIn }, given) => {
    const kept = await keepNewPasskey(db, signedIn, given, new Date())
    return kept
      ? again({ status: 'kept' as const })
      : refused('This passkey did not answer this request. Start again.')
  })
}

export async function removePasskeyAction(input: z.input<typeof removePasskeySchema>) {
  return authorizeAction('ownAccount', removePasskeySchema, input, async (authorized, given) => {
    const { actor, db, signedIn } = authorized
    const wanted = { ...given, signedInAt: signedIn.signedInAt }
    return again(await removePasskey(db, actor, wanted, new Date()))
  })
}

/** The page is drawn anew where something was changed. */
function again<R extends { status: string }>(result: R): R {
  if (result.status !== 'refused') revalidatePath(paths.account())
  return result
}

export async function makeKeyAction(input: MakeKeyInput) {
  return authorizeAction('look', makeKeySchema, input, async ({ actor, db }, wanted) => {
    const result = await makeApiKey(db, actor, wanted, new Date())
    if (result.status === 'made') revalidatePath(paths.apiKeys())
    return result
  })
}

export async function revokeKeyAction(keyId: string) {
  return authorizeAction('look', keyIdSchema, keyId, async ({ actor, db }, id) => {
    const result = await revokeApiKey(db, actor, id, new Date())
    if (result.status === 'revoked') revalidatePath(paths.apiKeys())
    return result
  })
}

export async function chooseMailAction(input: MailChoiceInput) {
  return authorizeAction('ownAccount', mailChoiceSchema, input, async ({ actor, db }, choice) => {
    const mailIsSet = mailSettings() !== undefined
    const result = await chooseMail(db, actor, choice, { mailIsSet })
    if (result.status === 'saved') revalidatePath(paths.account())
    return result
  })
}
