'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { rereadEvents } from '@/lib/core/ingest/reread-events'
import { paths } from '@/lib/paths'

const eventId = z.number().int().positive()

/** Has one event reprocessed; the worker reads it within a second. */
export async function rereadEventAction(id: number) {
  return enterAction('rereadEvents', eventId, id, async ({ actor, db }, wanted) => {
    const result = await rereadEvents(db, actor, { id: wanted }, new Date())
    revalidatePath(paths.events(), 'layout')
    return result
  })
}
