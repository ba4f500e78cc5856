import { z } from 'zod'
import { customFieldTypes } from '@/lib/domain/device/custom-field'
import { minNoteLength, noteLength } from '@/lib/domain/text/reason'

/** Generous: what is too long or of the wrong form is the service's to refuse, at its field. */
const typed = z.string().max(5000)

/** A custom field as it is typed; the options stand on lines of their own. */
const fieldDraft = z.object({
  ...{ name: typed, unit: typed, options: typed, help: typed },
  type: z.enum(customFieldTypes),
  required: z.boolean(),
  inStartingState: z.boolean(),
})
export type TypedField = z.infer<typeof fieldDraft>

export const defineSchema = z.object({
  draft: fieldDraft,
  existing: z.object({ fieldId: z.uuid(), seenChangedAt: z.coerce.date() }).optional(),
})

export const retireFieldSchema = z.object({
  fieldId: z.uuid(),
  to: z.enum(['retired', 'in use']),
  reason: z.string().trim().min(minNoteLength, `Say why, ${noteLength}.`).max(500),
})

/** The values of a device as they are typed, each with the row that it was typed over. */
export const valuesSchema = z.object({
  deviceId: z.uuid(),
  values: z
    .array(
      z.object({
        fieldId: z.uuid(),
        text: z.string().max(1000, 'At most 1,000 characters.'),
        seenId: z.number().int().positive().nullable(),
      }),
    )
    .max(200),
})

export const emptyField: TypedField = {
  ...{ name: '', unit: '', options: '', help: '', type: 'text' },
  ...{ required: false, inStartingState: false },
}
