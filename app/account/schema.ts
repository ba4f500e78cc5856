import { z } from 'zod'
import { line, passkeyAnswer } from '@/app/text-schema'
import type { NewPasskeyAnswer } from '@/lib/auth/passkeys'
import { keyDays, keyScopes, maxKeyName, scopesProblem } from '@/lib/domain/account/api-key'
import { type PasswordOwner, passwordProblem } from '@/lib/domain/account/password'
import { topics } from '@/lib/domain/notice/topics'

const ownPassword = z.string().min(1, 'Enter your password.').max(2000)

export const nameSchema = z.object({
  name: line(100, 'Write your name; it stands beside what you do.'),
})

export const mailChoiceSchema = z.object({
  topics: z.array(z.enum(topics)).max(topics.length),
  withSimulated: z.boolean(),
})
export type MailChoiceInput = z.infer<typeof mailChoiceSchema>

/** What the action takes; the service judges the new password by the person in the database. */
export const passwordSchema = z.object({ oldPassword: ownPassword, password: z.string().max(2000) })

/** What the form asks: the same, with the rule shown while typing. */
export const passwordFormSchema = (owner: PasswordOwner) =>
  passwordSchema.superRefine(({ password }, context) => {
    const reason = passwordProblem(password, owner)
    if (reason) context.addIssue({ code: 'custom', message: reason, path: ['password'] })
  })

export type PasswordInput = z.infer<typeof passwordSchema>

export const proofSchema = z.object({ password: ownPassword })
export const codeSchema = z.object({
  code: z
    .string()
    .transform((text) => text.replaceAll(/\s/g, ''))
    .pipe(z.string().regex(/^\d{6}$/, 'Enter the six digits the app shows now.')),
})
export const idSchema = z.string().min(1).max(100)

export const newPasskeySchema = z.object({
  name: line(60, 'Write a name for the passkey.'),
  answer: passkeyAnswer<NewPasskeyAnswer>(),
})
/** Who has no password here proves it by having just signed in. */
export const ownProofSchema = z.object({ password: ownPassword.optional() })
export const removePasskeySchema = ownProofSchema.extend({ keyId: idSchema })

const days = `A key is valid for ${keyDays.min} to ${keyDays.max} days.`

export const makeKeySchema = z.object({
  name: line(maxKeyName, 'Say what the key is for, such as nightly report.'),
  scopes: z
    .array(z.enum(keyScopes))
    .min(1, 'Choose at least one.')
    .superRefine((scopes, context) => {
      const message = scopesProblem(scopes)
      if (message) context.addIssue({ code: 'custom', message })
    }),
  days: z.number(days).int(days).min(keyDays.min, days).max(keyDays.max, days),
})

export type MakeKeyInput = z.infer<typeof makeKeySchema>

export const keyIdSchema = z.uuid()
