import { readingFieldNames, readingFields } from '../reading/reading'
import { howToLearn, read } from './judging'
import { pass, type Rule, unknown } from './rule'
import { staleStamp } from './sources'

/**
 * Every reading that a blocking rule read must be known and fresh, even if the rule passed by another one, such as by
 * external power with an unknown battery level. A protocol may name more readings of its baseline; it cannot name fewer.
 */
export const readingsFresh: Rule = {
  id: 'Q18',
  title: 'Every reading the verdict rests on is within its maximum age',
  kind: 'eligibility',
  cites: [staleStamp],
  fields: readingFieldNames,
  judge(context) {
    const named = context.conditions.freshReadings ?? []
    if ((context.relied ?? []).length === 0)
      return unknown('no rule has relied on a reading yet', 'Judge it together with the others.')
    const relied = [...new Set([...(context.relied ?? []), ...named])]
    const short = relied.filter((field) => read(context, field).status === 'unknown')
    if (short.length === 0) return pass(`all ${relied.length} readings are fresh enough`)
    const names = short.map((field) => readingFields[field].label)
    return unknown(
      `stale or missing: ${names.join(', ')}`,
      [...new Set(short.map(howToLearn))].join(' '),
    )
  },
}
