import type { FactorName } from '../trial/factors'
import type { FilterField, TrialFilter } from '../trial/trial-filter'

/** The factors that a row of another lab has. */
export const comparedFactors = [
  ...(['version', 'platform', 'model', 'passcode', 'power', 'battery', 'network'] as const),
  ...(['mechanism', 'action', 'target', 'treatment'] as const),
] satisfies readonly FactorName[]

export type ComparedFactor = (typeof comparedFactors)[number]

const known: readonly string[] = [...comparedFactors, 'outcome', 'state']

/** Fields of a filter that no row of another lab has, so that they cannot be narrowed by them. */
export const notNarrowed = (filter: TrialFilter): FilterField[] =>
  // Object.keys returns string[]; by its type the filter has no other keys.
  (Object.keys(filter) as FilterField[]).filter(
    (field) => filter[field] !== undefined && !known.includes(field),
  )

const lab = (count: number): string => (count === 1 ? '1 other lab' : `${count} other labs`)

/** "by 2 other labs (Lab 3, Lab 7)", or that none has it, of those whose reports are here. */
export function seenInWords(labs: readonly string[], reporting: number): string {
  if (labs.length > 0) return `by ${lab(labs.length)} (${labs.join(', ')})`
  return `by none (${reporting === 1 ? '1 lab reports' : `${reporting} labs report`})`
}

/** How other labs fared with the test of a trial. */
export function outcomeElsewhere({ labs, tried }: { labs: readonly string[]; tried: number }) {
  if (tried === 0) return 'No other lab reports the same test.'
  if (labs.length === 0) return `${lab(tried)} with the same test, and none reports this outcome.`
  return `This outcome at ${labs.length} of ${lab(tried)} with the same test (${labs.join(', ')}).`
}
