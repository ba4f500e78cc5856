import { z } from 'zod'
import { keyDays, keyScopes } from '@/lib/domain/api-key'

const days = `A key lives ${keyDays.least} to ${keyDays.most} days.`

export const makeKeySchema = z.object({
  name: z.string().trim().min(1, 'Say what the key is for, such as nightly report.').max(60),
  scopes: z.array(z.enum(keyScopes)).min(1, 'Choose one at least.'),
  days: z.number(days).int(days).min(keyDays.least, days).max(keyDays.most, days),
})

export type MakeKeyInput = z.infer<typeof makeKeySchema>

export const keyIdSchema = z.uuid()
