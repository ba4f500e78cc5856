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

/** What a field said when a person began to type over it, and the row that said so. */
export type SeenValue = { text: string; seenId: number | null }

/** The values of a device as they are typed, by field, and what each was typed over. */
export type TypedValues = { texts: Record<string, string>; seen: Record<string, SeenValue> }

/**
 * What a person has typed: a field with another text than they saw. What the page shows by now does not count, as it may be
 * a value that somebody else entered since.
 * @param fields those that can be entered, as the page shows them now
 */
export const typedValues = (
  fields: readonly ({ id: string } & SeenValue)[],
  { texts, seen }: TypedValues,
) =>
  fields.flatMap((field) => {
    const text = texts[field.id]
    const was = seen[field.id] ?? field
    return text === undefined || text === was.text
      ? []
      : [{ fieldId: field.id, text, seenId: was.seenId }]
  })

export const emptyField: TypedField = {
  ...{ name: '', unit: '', options: '', help: '', type: 'text' },
  ...{ required: false, inStartingState: false },
}
