'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { rereadEvents } from '@/lib/core/ingest/reread-events'
import { paths } from '@/lib/paths'

const eventId = z.number().int().positive()

/** Has one event reprocessed; the worker reads it within a second. */
export async function rereadEventAction(id: number) {
  return authorizeAction('rereadEvents', eventId, id, async ({ actor, db }, wanted) => {
    const result = await rereadEvents(db, actor, { id: wanted }, new Date())
    revalidatePath(paths.events(), 'layout')
    return result
  })
}
