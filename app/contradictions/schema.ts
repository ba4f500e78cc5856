import { z } from 'zod'

/** What the form of a note sends; what is too long or no report's number is the service's to refuse. */
export const noteSchema = z.object({
  domain: z.string().min(1).max(200),
  code: z.number().int(),
  text: z.string().max(10_000),
  radar: z.string().max(100),
})
export type NoteText = z.infer<typeof noteSchema>
