'use server'

import { revalidatePath } from 'next/cache'
import { headers } from 'next/headers'
import type { z } from 'zod'
import { finishAuthenticatorApp, startAuthenticatorApp } from '@/lib/auth/authenticator-app'
import { enterAction } from '@/lib/auth/door'
import { askForNewPasskey, keepNewPasskey, type NewPasskeyAnswer } from '@/lib/auth/passkeys'
import { proveByPassword } from '@/lib/auth/prove'
import { paths } from '@/lib/paths'
import {
  changeOwnName,
  changeOwnPassword,
  endOtherSessions,
  endOwnSession,
} from '@/lib/services/change-own-account'
import { removeAuthenticatorApp, removePasskey } from '@/lib/services/change-second-factor'
import { refused } from '@/lib/services/result'
import {
  answerSchema,
  codeSchema,
  idSchema,
  keyNameSchema,
  nameSchema,
  type PasswordInput,
  passwordSchema,
  proofSchema,
} from './schema'

type Proof = z.infer<typeof proofSchema>

export async function changeNameAction(input: z.infer<typeof nameSchema>) {
  return enterAction('ownAccount', async ({ actor, db }) =>
    again(await changeOwnName(db, actor, nameSchema.parse(input).name, new Date())),
  )
}

export async function changePasswordAction(input: PasswordInput) {
  return enterAction('ownAccount', async ({ actor, db, signedIn: { sessionId } }) => {
    const change = { ...passwordSchema.parse(input), sessionId }
    return again(await changeOwnPassword(db, actor, change, new Date()))
  })
}

export async function endSessionAction(sessionId: string) {
  return enterAction('ownAccount', async ({ actor, db }) =>
    again(await endOwnSession(db, actor, idSchema.parse(sessionId))),
  )
}

export async function endOtherSessionsAction() {
  return enterAction('ownAccount', async ({ actor, db, signedIn }) =>
    again(await endOtherSessions(db, actor, signedIn.sessionId)),
  )
}

export async function startAppAction(input: Proof) {
  return enterAction('ownAccount', async ({ actor, db }) => {
    const asked = { ...proofSchema.parse(input), headers: await headers() }
    return startAuthenticatorApp(db, actor, asked, new Date())
  })
}

export async function finishAppAction(input: z.input<typeof codeSchema>) {
  return enterAction('ownAccount', async ({ actor, db }) => {
    const given = { ...codeSchema.parse(input), headers: await headers() }
    return again(await finishAuthenticatorApp(db, actor, given, new Date()))
  })
}

export async function removeAppAction(input: Proof) {
  return enterAction('ownAccount', async ({ actor, db }) =>
    again(await removeAuthenticatorApp(db, actor, proofSchema.parse(input), new Date())),
  )
}

export async function askForPasskeyAction(input: Proof) {
  return enterAction('ownAccount', async ({ actor, db, signedIn }) => {
    const now = new Date()
    const proof = await proveByPassword(db, actor, proofSchema.parse(input), now)
    if (proof.status === 'refused') return refused(proof.because, 'password')
    return { status: 'asked' as const, options: await askForNewPasskey(db, signedIn, now) }
  })
}

export async function keepPasskeyAction(name: string, answer: NewPasskeyAnswer) {
  return enterAction('ownAccount', async ({ db, signedIn }) => {
    answerSchema.parse(answer)
    const input = { answer, name: keyNameSchema.parse(name) }
    const kept = await keepNewPasskey(db, signedIn, input, new Date())
    return kept
      ? again({ status: 'kept' as const })
      : refused('This passkey does not answer what was asked. Begin again.')
  })
}

export async function removePasskeyAction(keyId: string, input: Proof) {
  return enterAction('ownAccount', async ({ actor, db }) => {
    const wanted = { ...proofSchema.parse(input), keyId: idSchema.parse(keyId) }
    return again(await removePasskey(db, actor, wanted, new Date()))
  })
}

/** The page is drawn anew where something was changed. */
function again<R extends { status: string }>(result: R): R {
  if (result.status !== 'refused') revalidatePath(paths.account())
  return result
}
