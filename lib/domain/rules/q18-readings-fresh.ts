import { readingFieldNames, readingFields } from '../reading/reading'
import { howToLearn, read } from './judging'
import { pass, type Rule, unknown } from './rule'
import { staleStamp } from './sources'

/**
 * Holds every reading the blocking rules looked at to its maximum age. It also closes the gap where a rule
 * passes by another way (external power for a battery nobody has read): what was looked at must be known.
 */
export const readingsFresh: Rule = {
  id: 'Q18',
  title: 'Every reading the verdict rests on is within its maximum age',
  kind: 'eligibility',
  cites: [staleStamp],
  fields: readingFieldNames,
  judge(context) {
    const relied = context.relied ?? []
    if (relied.length === 0)
      return unknown('no rule has relied on a reading yet', 'Judge it together with the others.')
    const short = relied.filter((field) => read(context, field).status === 'unknown')
    if (short.length === 0) return pass(`all ${relied.length} readings are fresh enough`)
    const names = short.map((field) => readingFields[field].label)
    return unknown(
      `stale or missing: ${names.join(', ')}`,
      [...new Set(short.map(howToLearn))].join(' '),
    )
  },
}
