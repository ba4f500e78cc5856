import { z } from 'zod'
import { environments } from '@/lib/domain/device/device'
import { maxPredicted, predictableOutcomes } from '@/lib/domain/outcome/prediction'

export const draftSchema = z.object({
  deviceId: z.uuid('Choose a device.'),
  protocolVersionId: z.uuid('Choose a protocol.'),
  expectation: z
    .string()
    .trim()
    .min(1, 'Write down what you expect to see; it is sealed when you register.')
    .max(4000, 'At most 4,000 characters.'),
  prediction: z
    .array(z.enum(predictableOutcomes))
    .max(maxPredicted, `At most ${maxPredicted} outcomes; a longer list predicts too little.`)
    .default([]),
  /** The booking of somebody else that the form showed. */
  shownBooking: z.uuid().optional(),
  /** Why a lead takes the device over from that booking. */
  takeOver: z.string().trim().max(500, 'At most 500 characters.').optional(),
  /** Empty to have it drawn, in a protocol with arms. */
  arm: z.string().max(100).default(''),
  armReason: z.string().trim().max(4000, 'At most 4,000 characters.').default(''),
})

export const fitSchema = z.object({ deviceId: z.uuid() })

export const searchSchema = z.object({
  environment: z.enum(environments),
  text: z.string().max(300),
})

export type DraftInput = z.input<typeof draftSchema>
