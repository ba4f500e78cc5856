import { z } from 'zod'
import { rawEventReadStates } from '@/lib/db/queries/events/raw-events'
import { one } from '../query-text'

const params = z.object({
  state: one.pipe(z.enum(rawEventReadStates)).optional().catch(undefined),
  // PostgreSQL's bigint, as far as JavaScript counts exactly.
  before: one
    .pipe(z.string().regex(/^\d{1,15}$/))
    .transform(Number)
    .optional()
    .catch(undefined),
})

/** Which events, and from where on; what makes no sense is as if it were not there. */
export const readEventParams = (given: unknown): z.output<typeof params> => params.parse(given)

/** An event's number in an address; undefined for anything else. */
export const readEventId = (text: string): number | undefined =>
  /^\d{1,15}$/.test(text) ? Number(text) : undefined
