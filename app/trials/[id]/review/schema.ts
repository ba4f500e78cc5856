import { z } from 'zod'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { minNoteLength, minReasonLength, reasonLength } from '@/lib/domain/text/reason'
import { proofSchema } from '../proof-schema'

const trialId = z.uuid('This is not a trial.')
const text = z.string().max(2000, 'At most 2,000 characters.')
const reason = text.trim().min(minReasonLength, `Say why, ${reasonLength}; it stays in the record.`)
const proof = proofSchema

export const askSchema = z.object({
  trialId,
  field: z.string().min(1, 'Choose what the question is about.').max(100),
  text: text.trim().min(minNoteLength, 'Enter the question.'),
})

export const onQuerySchema = z.object({ trialId, queryId: z.number().int().positive(), text })

export const sealSchema = z.object({ trialId, proof })

export const unlockSchema = sealSchema.extend({ reason })

export const correctOutcomeSchema = unlockSchema.extend({ outcome: z.enum(outcomes) })
