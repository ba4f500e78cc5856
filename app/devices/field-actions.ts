'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { defineField, enterFieldValues, retireField } from '@/lib/core/devices/custom-fields'
import { paths } from '@/lib/paths'
import { defineSchema, retireFieldSchema, valuesSchema } from './field-schema'

const showAnew = () => revalidatePath(paths.devices(), 'layout')

export async function defineFieldAction(input: z.input<typeof defineSchema>) {
  return authorizeAction('defineFields', defineSchema, input, async ({ actor, db }, given) => {
    const result = await defineField(db, actor, given, new Date())
    showAnew()
    return result
  })
}

export async function retireFieldAction(input: z.input<typeof retireFieldSchema>) {
  return authorizeAction('defineFields', retireFieldSchema, input, async ({ actor, db }, given) => {
    const result = await retireField(db, actor, given, new Date())
    showAnew()
    return result
  })
}

export async function enterFieldValuesAction(input: z.input<typeof valuesSchema>) {
  return authorizeAction('editDevice', valuesSchema, input, async ({ actor, db }, given) => {
    const result = await enterFieldValues(db, actor, given, new Date())
    showAnew()
    return result
  })
}
