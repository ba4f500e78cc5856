import { z } from 'zod'
import { passkeyAnswer } from '@/app/text-schema'
import type { PasskeyAnswer } from '@/lib/auth/passkeys'
import { claimFindings } from '@/lib/domain/claim/claim'
import {
  acceptedBuild,
  acceptedVersion,
  isBuild,
  splitVersion,
} from '@/lib/domain/device/os-version'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { signatureActs } from '@/lib/domain/signature/signature'
import { minNoteLength, minReasonLength, reasonLength } from '@/lib/domain/text/reason'
import { deviationEffects } from '@/lib/domain/trial/deviation'
import { observationKinds } from '@/lib/domain/trial/observation'

const trialId = z.uuid('This is not a trial.')

/** Shows, at the act, that it is still the person who signed in. */
const proof = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('password'),
    password: z.string().min(1, 'Give your password.').max(256, 'At most 256 characters.'),
  }),
  z.object({ method: z.literal('passkey'), answer: passkeyAnswer<PasskeyAnswer>() }),
])

export type ProofInput = z.input<typeof proof>

/** Which passkey is asked: for one act on one trial. */
export const askProofSchema = z.object({
  trialId,
  act: z.enum(signatureActs),
})

const ordinal = z.number().int().min(1).max(100)
const longText = z.string().max(2000, 'At most 2,000 characters.')
const uuid = z.uuid()

export const trialSchema = z.object({ trialId })

export const armSchema = z.object({
  trialId,
  serialLast4: z
    .string()
    .trim()
    .regex(/^[0-9a-z]{4}$/i, 'Type the last four letters or digits of the serial on the device.'),
})

export const slotSchema = z.object({ trialId, ordinal })

/** Names the slot and the verdict that was looked at, with the proof, and nothing else. */
export const releaseSchema = slotSchema.extend({ verdictId: z.number().int(), proof })

/** A reason that stays in the record, so one of a letter or two is refused. */
const reason = longText
  .trim()
  .min(minReasonLength, `Say why, ${reasonLength}; it stays in the record.`)

export const waiveSchema = slotSchema.extend({
  ruleId: z.string().regex(/^Q\d{1,2}$/, 'Name a rule.'),
  reason,
  proof,
})

export const closeSchema = z.object({ trialId, reason })

export const voidSchema = closeSchema.extend({ proof })

export const commandSchema = z.object({ trialId, commandUuid: uuid })

export const withdrawCommandSchema = commandSchema.extend({
  reason,
  // Abandoning an update command is signed; abandoning a query is not.
  proof: proof.optional(),
})

export const secondReadingSchema = z.object({ trialId, outcome: z.enum(outcomes), reason })

/** The proof is asked where another outcome than the proposed one is chosen. */
export const concludeSchema = z.object({
  trialId,
  outcome: z.enum(outcomes),
  reason: longText,
  proof: proof.optional(),
})

const version = z
  .string()
  .trim()
  .refine((text) => text === '' || splitVersion(text) !== undefined, `Enter ${acceptedVersion}.`)
const build = z
  .string()
  .trim()
  .refine(
    (text) => text === '' || isBuild(text),
    `Enter ${acceptedBuild}; leave it empty if none is shown.`,
  )

/** What the form of an observation holds; `at` is empty for the moment the form was opened. */
const observationFields = z.object({
  kind: z.enum(observationKinds, 'Choose what was seen.'),
  text: longText,
  osVersion: version,
  osBuild: build,
  reason: z.string().max(500, 'At most 500 characters.'),
})

export const observeSchema = observationFields.extend({
  trialId,
  observedAt: z.date('Give a date and a time.'),
  nonce: uuid,
  correctsId: z.number().int().positive().optional(),
})

export const tickStepSchema = z.object({
  trialId,
  step: z.number().int().min(1).max(100),
  done: z.boolean(),
  at: z.date('Give a date and a time.'),
  note: longText,
  nonce: uuid,
  correctsId: z.number().int().positive().optional(),
  reason: z.string().max(500, 'At most 500 characters.').optional(),
})

export const recordDeviationSchema = z.object({
  trialId,
  what: longText,
  why: longText,
  effect: z.enum(deviationEffects),
  nonce: uuid,
  correctsId: z.number().int().positive().optional(),
  stands: z.boolean().optional(),
  reason: z.string().max(500, 'At most 500 characters.').optional(),
})

export const withdrawAttachmentSchema = z.object({
  trialId,
  attachmentId: z.number().int().positive(),
  reason,
})

export const askSchema = z.object({
  trialId,
  field: z.string().min(1, 'Choose what the question is about.').max(100),
  text: longText.trim().min(minNoteLength, 'Enter the question.'),
})

export const onQuerySchema = z.object({
  trialId,
  queryId: z.number().int().positive(),
  text: longText,
})

export const sealSchema = z.object({ trialId, proof })

export const unlockSchema = sealSchema.extend({ reason })

export const correctOutcomeSchema = unlockSchema.extend({ outcome: z.enum(outcomes) })

export const decideClaimSchema = z.object({
  trialId,
  claimVersionId: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
  finding: z.enum(claimFindings),
  reason: longText,
})
