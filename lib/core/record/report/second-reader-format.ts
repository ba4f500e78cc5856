import { z } from 'zod'

const text = z.string()
const when = z.iso.datetime()
const orUnknown = <T extends z.ZodType>(schema: T) => schema.nullable()

/** What a report says of the second reader of an outcome. */
export const secondReader = z.strictObject({
  awaits: orUnknown(text).meta({ description: 'what the outcome waits for; null: nothing' }),
  reading: orUnknown(
    z.strictObject({
      ...{ outcome: text, label: text, reason: text, by: text, at: when, agrees: z.boolean() },
      ...{ first: text, firstLabel: text },
      unblinded: orUnknown(text).meta({ description: 'why the reader was not; null: blinded' }),
    }),
  ).meta({ description: 'null: nobody has read it a second time' }),
  openings: z
    .array(z.strictObject({ by: text, at: when }))
    .meta({ description: 'who opened the outcome before the second reading' }),
})
