'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { draftTrial } from '@/lib/services/prepare-trial'
import type { Refusal } from '@/lib/services/result'
import { refusedInput } from '../refused-input'
import { type DeviceChoice, listDeviceChoices } from './device-choices'
import { type DraftInput, draftSchema, searchSchema } from './schema'

/** Devices for the form, as many as it shows. */
export async function searchDevicesAction(
  input: z.input<typeof searchSchema>,
): Promise<DeviceChoice[] | Refusal> {
  return enterAction('look', ({ db }) =>
    listDeviceChoices(db, searchSchema.parse(input), new Date()),
  )
}

export async function draftAction(input: DraftInput) {
  return enterAction('draftTrial', async ({ actor, db }) => {
    const parsed = draftSchema.safeParse(input)
    if (!parsed.success) return refusedInput(parsed.error)
    const result = await draftTrial(db, actor, parsed.data, new Date())
    revalidatePath(paths.trials())
    return result
  })
}
