import {
  type FilterField,
  type FilterProblem,
  readTrialFilter,
  type TrialFilter,
} from './trial-filter'

/** What two groups of trials can be told apart by: filters with a list of values. */
export const comparisonFactors = [
  'version',
  'platform',
  'model',
  'passcode',
  'protocol',
  'target',
] as const satisfies readonly FilterField[]
export type ComparisonFactor = (typeof comparisonFactors)[number]

/** How the outcomes are shown beside their filter, by the names in the address; a value that is not set is left out. */
export type OutcomeView = {
  /** `exact` puts Clopper and Pearson's interval beside Wilson's. */
  interval?: 'exact' | undefined
  /** Two groups are compared once all three are chosen. */
  by?: ComparisonFactor | undefined
  first?: string | undefined
  second?: string | undefined
}

type Given = Record<string, string | string[] | undefined>

/** Reads the view from the search params of the page; what is not understood is reported, and left out. */
export function readOutcomeView(params: Given): { view: OutcomeView; problems: FilterProblem[] } {
  const textOf = (name: string) => [params[name]].flat()[0]?.trim() || undefined
  const problems: FilterProblem[] = []
  const refuse = (field: string, accepted: string) => {
    const text = textOf(field)?.slice(0, 100)
    problems.push({ field, reason: `“${text}” is not valid for ${field}`, accepted })
  }
  const view: OutcomeView = {}
  if (textOf('interval') === 'exact') view.interval = 'exact'
  else if (textOf('interval')) refuse('interval', 'exact')
  const by = comparisonFactors.find((factor) => factor === textOf('by'))
  if (by === undefined) {
    if (textOf('by')) refuse('by', comparisonFactors.join(', '))
    return { view, problems }
  }
  view.by = by
  for (const group of ['first', 'second'] as const) {
    const value = textOf(group)
    if (value === undefined) continue
    const read = readTrialFilter({ [by]: value })
    view[group] = read.filter[by]
    for (const { accepted } of read.problems) refuse(group, accepted)
  }
  if (view.first !== undefined && view.first === view.second) {
    refuse('second', 'another group than the first')
    view.second = undefined
  }
  return { view, problems }
}

/** The filters of both groups; a group's own value stands before what the page is narrowed to. */
export function groupFilters(
  filter: TrialFilter,
  { by, first, second }: OutcomeView,
): [TrialFilter, TrialFilter] | undefined {
  if (by === undefined || first === undefined || second === undefined) return undefined
  return [
    { ...filter, [by]: first },
    { ...filter, [by]: second },
  ]
}
