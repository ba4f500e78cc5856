'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { changeRadar } from '@/lib/core/record/change-radar'
import { editRadar, writeRadar } from '@/lib/core/record/write-radar'
import { paths } from '@/lib/paths'
import { changeSchema, editSchema, writeSchema } from './schema'

export async function writeRadarAction(input: z.input<typeof writeSchema>) {
  return authorizeAction('writeRadar', writeSchema, input, async ({ actor, db }, written) => {
    const result = await writeRadar(db, actor, written, new Date())
    revalidatePath(paths.radars(), 'layout')
    return result
  })
}

export async function editRadarAction(input: z.input<typeof editSchema>) {
  return authorizeAction('writeRadar', editSchema, input, async ({ actor, db }, edited) => {
    const result = await editRadar(db, actor, edited, new Date())
    revalidatePath(paths.radars(), 'layout')
    return result
  })
}

export async function changeRadarAction(input: z.input<typeof changeSchema>) {
  return authorizeAction('writeRadar', changeSchema, input, async ({ actor, db }, change) => {
    const result = await changeRadar(db, actor, change, new Date())
    revalidatePath(paths.radars(), 'layout')
    return result
  })
}
