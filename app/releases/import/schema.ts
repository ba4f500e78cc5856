import { z } from 'zod'

// What is no form at all is an empty one, of which the first field is missing.
export const feedForm = z
  .unknown()
  .transform((form) => (form instanceof FormData ? Object.fromEntries(form) : {}))
  .pipe(
    z.object({
      file: z.instanceof(File, { message: 'Choose a file.' }),
      readOn: z.string().max(20),
    }),
  )
