'use server'

import { revalidatePath } from 'next/cache'
import { requireActorForAction } from '@/lib/auth/actor'
import { db } from '@/lib/db/pool'
import { paths } from '@/lib/paths'
import { changeSettings } from '@/lib/services/change-settings'
import { type SettingsText, settingsSchema } from './schema'

export async function changeSettingsAction(input: SettingsText) {
  const actor = await requireActorForAction()
  const result = await changeSettings(db, actor, settingsSchema.parse(input), new Date())
  if (result.status === 'saved') revalidatePath(paths.settings())
  return result
}
