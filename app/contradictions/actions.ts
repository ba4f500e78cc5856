'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { noteError } from '@/lib/core/record/note-error'
import { paths } from '@/lib/paths'
import { type NoteText, noteSchema } from './schema'

export async function noteErrorAction(input: NoteText) {
  return authorizeAction('noteError', noteSchema, input, async ({ actor, db }, note) => {
    const result = await noteError(db, actor, note, new Date())
    revalidatePath(paths.contradictions())
    return result
  })
}
