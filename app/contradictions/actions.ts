'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { noteError } from '@/lib/core/record/note-error'
import { paths } from '@/lib/paths'

/** What the form of a note sends; what is too long or no report's number is the service's to refuse. */
const noteSchema = z.object({
  domain: z.string().min(1).max(200),
  code: z.number().int(),
  text: z.string().max(10_000),
  radar: z.string().max(100),
})

export async function noteErrorAction(input: z.input<typeof noteSchema>) {
  return authorizeAction('noteError', noteSchema, input, async ({ actor, db }, note) => {
    const result = await noteError(db, actor, note, new Date())
    revalidatePath(paths.contradictions())
    return result
  })
}
