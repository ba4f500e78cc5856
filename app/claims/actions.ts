'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { saveClaim } from '@/lib/core/record/claims'
import { paths } from '@/lib/paths'
import { claimOf, saveSchema } from './schema'

export async function saveClaimAction(input: z.input<typeof saveSchema>) {
  return authorizeAction('editClaim', saveSchema, input, async ({ actor, db }, typed) => {
    const claim = { ...typed, content: claimOf(typed.content) }
    const result = await saveClaim(db, actor, claim, new Date())
    revalidatePath(paths.claims(), 'layout')
    return result
  })
}
