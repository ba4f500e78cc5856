import { z } from 'zod'
import type { PasskeyAnswer } from '@/lib/auth/passkeys'
import { signatureActs } from '@/lib/domain/signature/signature'
import { passkeyAnswer } from '../../text-schema'

/** What proves, at the act, that it is still the person who signed in. */
export const proofSchema = z.discriminatedUnion('method', [
  z.object({
    method: z.literal('password'),
    password: z.string().min(1, 'Give your password.').max(256, 'At most 256 characters.'),
  }),
  z.object({ method: z.literal('passkey'), answer: passkeyAnswer<PasskeyAnswer>() }),
])

export type ProofInput = z.input<typeof proofSchema>

/** Which passkey is asked: for one act on one trial. */
export const askProofSchema = z.object({
  trialId: z.uuid('This is not a trial.'),
  act: z.enum(signatureActs),
})
