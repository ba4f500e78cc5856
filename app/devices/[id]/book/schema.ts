import { z } from 'zod'

/** What the form holds is text, as typed; the service reads the times by the clocks of the lab. */
export const bookSchema = z.object({
  deviceId: z.uuid(),
  protocolVersionId: z.uuid('Choose a protocol.'),
  target: z.string().trim().min(1, 'Write the version to update to, such as 12.1.').max(60),
  startsAt: z.string().trim().min(1, 'Choose a day and time.').max(40),
  endsAt: z.string().trim().min(1, 'Choose a day and time.').max(40),
  expectation: z
    .string()
    .trim()
    .min(1, 'Write down what you expect to see; the draft takes it over.')
    .max(4000, 'At most 4,000 characters.'),
})

export type BookInput = z.input<typeof bookSchema>
