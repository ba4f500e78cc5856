import { z } from 'zod'
import { fetchedSources } from '@/lib/domain/catalogue/feed-source'

export const dailySchema = z.object({ sources: z.array(z.enum(fetchedSources)).max(10) })
export type DailyInput = z.infer<typeof dailySchema>
