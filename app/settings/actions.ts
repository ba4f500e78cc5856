'use server'

import { revalidatePath } from 'next/cache'
import { enterAction } from '@/lib/auth/door'
import { paths } from '@/lib/paths'
import { changeSettings } from '@/lib/services/change-settings'
import { type SettingsText, settingsSchema } from './schema'

export async function changeSettingsAction(input: SettingsText) {
  return enterAction('changeSettings', async ({ actor, db }) => {
    const result = await changeSettings(db, actor, settingsSchema.parse(input), new Date())
    if (result.status === 'saved') revalidatePath(paths.settings())
    return result
  })
}
