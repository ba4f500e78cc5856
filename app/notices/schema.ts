import { z } from 'zod'
import { deliveryStates } from '@/lib/domain/notice/delivery'
import { topics } from '@/lib/domain/notice/topics'
import { one } from '../query-text'
import { line } from '../text-schema'

/** The service decides which addresses are taken; docs/notices.md. */
export const targetSchema = z.object({
  id: z.uuid().optional(),
  name: line(100, 'Write a name, such as "Chat of the lab".'),
  url: line(500, 'Write an address such as https://hooks.example.org/oneway.'),
  topics: z.array(z.enum(topics)).max(topics.length),
  withSimulated: z.boolean(),
  isOn: z.boolean(),
})
export type TargetInput = z.input<typeof targetSchema>

export const targetIdSchema = z.uuid()
export const deliverySchema = z.object({ id: z.int().positive() })

const params = z.object({
  state: one.pipe(z.enum(deliveryStates)).optional().catch(undefined),
  before: one
    .pipe(z.string().regex(/^\d{1,15}$/))
    .transform(Number)
    .optional()
    .catch(undefined),
})

/** Which deliveries are listed; what makes no sense is as if it were not there. */
export const readNoticeParams = (given: unknown): z.output<typeof params> => params.parse(given)
