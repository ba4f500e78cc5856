'use server'

import { revalidatePath } from 'next/cache'
import { authorizeAction } from '@/lib/auth/guard'
import { chooseDailySources } from '@/lib/core/catalogue/fetch-feeds'
import { paths } from '@/lib/paths'
import { type DailyInput, dailySchema } from './schema'

export async function chooseDailySourcesAction(input: DailyInput) {
  return authorizeAction('importCatalogue', dailySchema, input, async ({ actor, db }, chosen) => {
    const result = await chooseDailySources(db, actor, chosen, new Date())
    revalidatePath(paths.releases())
    return result
  })
}
