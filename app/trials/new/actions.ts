'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { draftTrial } from '@/lib/services/prepare-trial'
import type { Refusal } from '@/lib/services/result'
import { type DeviceChoice, listDeviceChoices } from './device-choices'
import { type DraftInput, draftSchema, searchSchema } from './schema'

/** Devices for the form, as many as it shows. */
export async function searchDevicesAction(
  input: z.input<typeof searchSchema>,
): Promise<DeviceChoice[] | Refusal> {
  return enterAction('look', searchSchema, input, ({ db }, wanted) =>
    listDeviceChoices(db, wanted, new Date()),
  )
}

export async function draftAction(input: DraftInput) {
  return enterAction('draftTrial', draftSchema, input, async ({ actor, db }, wanted) => {
    const result = await draftTrial(db, actor, wanted, new Date())
    revalidatePath(paths.trials())
    return result
  })
}
