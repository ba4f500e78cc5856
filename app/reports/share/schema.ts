import { z } from 'zod'
import { shareDays } from '@/lib/domain/report/share-link'

const sharedRecord = z.union([
  z.strictObject({ trialId: z.string().max(100) }),
  z.strictObject({ frozenReportId: z.string().max(100) }),
])

/** IDs of the texts that may be shown. */
const chosen = z.array(z.string().max(64)).max(20_000)

export const previewShareSchema = z.strictObject({ of: sharedRecord, chosen })

export const makeShareSchema = z.strictObject({
  of: sharedRecord,
  chosen,
  title: z.string().max(1000),
  days: z.number({ error: `Enter ${shareDays.min} to ${shareDays.max} days.` }),
  digest: z.string().max(64),
})

export const revokeShareSchema = z.strictObject({ id: z.string().max(100) })
