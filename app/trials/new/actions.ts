'use server'

import { revalidatePath } from 'next/cache'
import { requireActorForAction } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { paths } from '@/lib/paths'
import { draftTrial } from '@/lib/services/prepare-trial'
import { refusedInput } from '../refused-input'
import { type DraftInput, draftSchema } from './schema'

export async function draftAction(input: DraftInput) {
  const actor = await requireActorForAction()
  const parsed = draftSchema.safeParse(input)
  if (!parsed.success) return refusedInput(parsed.error)
  const result = await draftTrial(db, actor, parsed.data, new Date())
  revalidatePath(paths.trials())
  return result
}
