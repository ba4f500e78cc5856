'use server'

import { revalidatePath } from 'next/cache'
import { enterAction } from '@/lib/auth/door'
import { changeSettings } from '@/lib/core/lab/change-settings'
import { paths } from '@/lib/paths'
import { type SettingsText, settingsSchema } from './schema'

export async function changeSettingsAction(input: SettingsText) {
  return enterAction('changeSettings', settingsSchema, input, async ({ actor, db }, settings) => {
    const result = await changeSettings(db, actor, settings, new Date())
    if (result.status === 'saved') revalidatePath(paths.settings())
    return result
  })
}
