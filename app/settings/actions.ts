'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { changeSettings } from '@/lib/core/lab/change-settings'
import { paths } from '@/lib/paths'
import { type SettingsEdit, settingsEditSchema, settingsText } from './schema'

export async function changeSettingsAction(input: SettingsEdit) {
  return authorizeAction(
    'changeSettings',
    settingsEditSchema,
    input,
    async ({ actor, db }, { seen, ...settings }) => {
      const result = await changeSettings(db, actor, settings, new Date(), seen)
      if (result.status === 'saved') revalidatePath(paths.settings())
      return 'stored' in result ? { ...result, stored: settingsText(result.stored) } : result
    },
  )
}
