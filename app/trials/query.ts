import { z } from 'zod'
import { sortDirections } from '@/lib/domain/device/device'
import { trialSorts } from '@/lib/domain/trial/trial-filter'
import { one, word } from '../query-text'

const place = z.object({
  sort: one.pipe(z.enum(trialSorts)).optional().catch(undefined),
  direction: one.pipe(z.enum(sortDirections)).optional().catch(undefined),
  cursor: word(600),
})

export type TrialPlace = z.output<typeof place>

/** Where in the list, and in which order; what makes no sense is as if it were not there. */
export const readTrialPlace = (given: unknown): TrialPlace => place.parse(given)
