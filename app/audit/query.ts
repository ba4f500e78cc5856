import { z } from 'zod'
import { one, word } from '../query-text'

const words = word(200)
const id = one.pipe(z.uuid()).optional().catch(undefined)
const time = one
  .pipe(z.string().refine((text) => Number.isFinite(Date.parse(text))))
  .transform((text) => new Date(text))
  .optional()
  .catch(undefined)

const params = z.object({
  person: words,
  kind: words,
  table: words,
  device: id,
  trial: id,
  protocol: id,
  who: word(100),
  from: time,
  to: time,
  before: one
    .pipe(z.string().regex(/^\d{1,15}$/))
    .transform(Number)
    .optional()
    .catch(undefined),
})

/** Which entries of the trail; what makes no sense is as if it were not there. */
export const readAuditParams = (given: unknown): z.output<typeof params> => params.parse(given)
