'use server'

import { revalidatePath } from 'next/cache'
import { z } from 'zod'
import { authorizeAction } from '@/lib/auth/guard'
import { chooseDailySources } from '@/lib/core/catalogue/fetch-feeds'
import { fetchedSources } from '@/lib/domain/catalogue/feed-source'
import { paths } from '@/lib/paths'

const dailySchema = z.object({ sources: z.array(z.enum(fetchedSources)).max(10) })

export async function chooseDailySourcesAction(input: z.infer<typeof dailySchema>) {
  return authorizeAction('importCatalogue', dailySchema, input, async ({ actor, db }, chosen) => {
    const result = await chooseDailySources(db, actor, chosen, new Date())
    revalidatePath(paths.releases())
    return result
  })
}
