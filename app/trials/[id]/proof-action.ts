'use server'

import type { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { askForProof } from '@/lib/auth/prove-by-passkey'
import { askProofSchema } from './proof-schema'

/** Only asks: whether this person may do the act, the act itself decides, with the answer. */
export async function askForProofAction(input: z.input<typeof askProofSchema>) {
  return enterAction('look', askProofSchema, input, async ({ actor, db }, { trialId, act }) =>
    askForProof(db, actor, { act, subjectId: trialId }, new Date()),
  )
}
