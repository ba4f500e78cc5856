'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { rereadEvents } from '@/lib/services/reread-events'

/** Has one event read again; the worker comes to it within a second. */
export async function rereadEventAction(id: number) {
  return enterAction('rereadEvents', async ({ actor, db }) => {
    const wanted = { id: z.number().int().positive().parse(id) }
    const result = await rereadEvents(db, actor, wanted, new Date())
    revalidatePath(paths.events(), 'layout')
    return result
  })
}
