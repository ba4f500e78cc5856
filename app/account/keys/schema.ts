import { z } from 'zod'
import { keyDays, keyScopes } from '@/lib/domain/account/api-key'
import { line } from '../../text-schema'

const days = `A key is valid for ${keyDays.least} to ${keyDays.most} days.`

export const makeKeySchema = z.object({
  name: line(60, 'Say what the key is for, such as nightly report.'),
  scopes: z.array(z.enum(keyScopes)).min(1, 'Choose at least one.'),
  days: z.number(days).int(days).min(keyDays.least, days).max(keyDays.most, days),
})

export type MakeKeyInput = z.infer<typeof makeKeySchema>

export const keyIdSchema = z.uuid()
