import { z } from 'zod'
import { textProblem } from '@/lib/domain/text/typed-text'

// The parts of an address's query: each may stand twice, be of any length and hold any sign.

/** The first value of a name that occurs more than once. */
export const one = z.preprocess(
  (value) => (Array.isArray(value) ? value[0] : value),
  z.string().refine((text) => textProblem(text) === undefined),
)

/** A word to filter by; what cannot be one is as if it were not there. */
export const word = (max: number) =>
  one.pipe(z.string().min(1).max(max)).optional().catch(undefined)

/** What to search for, cut where it is longer than anything that can be found; the page shows what is left. */
export const searchTerm = (max: number) =>
  one
    .transform((text) => text.slice(0, max))
    .optional()
    .catch(undefined)
