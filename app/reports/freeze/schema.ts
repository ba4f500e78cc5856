import { z } from 'zod'
import { environments } from '@/lib/domain/device/device'

/** `filter` is read as the list of trials reads its address. */
export const freezeForm = z.object({
  title: z.string().max(1000),
  environment: z.enum(environments),
  filter: z.record(z.string().max(100), z.string().max(1000)),
})
