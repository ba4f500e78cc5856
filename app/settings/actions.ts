'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { changeSettings } from '@/lib/core/lab/change-settings'
import { paths } from '@/lib/paths'
import { type SettingsText, settingsSchema } from './schema'

export async function changeSettingsAction(input: SettingsText) {
  return authorizeAction(
    'changeSettings',
    settingsSchema,
    input,
    async ({ actor, db }, settings) => {
      const result = await changeSettings(db, actor, settings, new Date())
      if (result.status === 'saved') revalidatePath(paths.settings())
      return result
    },
  )
}
