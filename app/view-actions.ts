'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { changeView, deleteView, saveView } from '@/lib/core/lab/saved-views'
import { paths } from '@/lib/paths'
import { changeSchema, deleteSchema, saveSchema } from './view-schema'

export async function saveViewAction(input: z.input<typeof saveSchema>) {
  return authorizeAction('look', saveSchema, input, async ({ actor, db }, view) => {
    const result = await saveView(db, actor, view, new Date())
    revalidatePath(paths.views())
    return result
  })
}

export async function changeViewAction(input: z.input<typeof changeSchema>) {
  return authorizeAction('look', changeSchema, input, async ({ actor, db }, change) => {
    const result = await changeView(db, actor, change, new Date())
    revalidatePath(paths.views())
    return result
  })
}

export async function deleteViewAction(input: z.input<typeof deleteSchema>) {
  return authorizeAction('look', deleteSchema, input, async ({ actor, db }, view) => {
    const result = await deleteView(db, actor, view)
    revalidatePath(paths.views())
    return result
  })
}
