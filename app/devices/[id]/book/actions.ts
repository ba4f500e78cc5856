'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { bookTrial } from '@/lib/core/trials/book-trial'
import { paths } from '@/lib/paths'
import { type BookInput, bookSchema } from './schema'

export async function bookTrialAction(input: BookInput) {
  return authorizeAction('bookTrial', bookSchema, input, async ({ actor, db }, wanted) => {
    const result = await bookTrial(db, actor, wanted, new Date())
    revalidatePath(paths.device(wanted.deviceId))
    return result
  })
}
