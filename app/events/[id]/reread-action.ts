'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { requireActorForAction } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { paths } from '@/lib/paths'
import { rereadEvents } from '@/lib/services/reread-events'

/** Has one event read again; the worker comes to it within a second. */
export async function rereadEventAction(id: number) {
  const actor = await requireActorForAction()
  const wanted = { id: z.number().int().positive().parse(id) }
  const result = await rereadEvents(db, actor, wanted, new Date())
  revalidatePath(paths.events(), 'layout')
  return result
}
