'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { requireActorForAction } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { paths } from '@/lib/paths'
import { draftTrial } from '@/lib/services/prepare-trial'
import { refusedInput } from '../refused-input'
import { type DeviceChoice, listDeviceChoices } from './device-choices'
import { type DraftInput, draftSchema, searchSchema } from './schema'

/** Devices for the form, as many as it shows. */
export async function searchDevicesAction(
  input: z.input<typeof searchSchema>,
): Promise<DeviceChoice[]> {
  await requireActorForAction()
  return listDeviceChoices(db, searchSchema.parse(input), new Date())
}

export async function draftAction(input: DraftInput) {
  const actor = await requireActorForAction()
  const parsed = draftSchema.safeParse(input)
  if (!parsed.success) return refusedInput(parsed.error)
  const result = await draftTrial(db, actor, parsed.data, new Date())
  revalidatePath(paths.trials())
  return result
}
