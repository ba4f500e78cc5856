import { countedAccepted, countedAddress, readCounted } from '../statistics/counted'
import { type FilterProblem, oneOf, readAddress, unknownNames } from '../text/address-filter'
import { type FactorName, factorNames } from './factors'
import { readTrialFilter, type TrialFilter, trialFilterFields } from './trial-filter'

/** How the outcomes are shown beside their filter, by the names in the address; a value that is not set is left out. */
export type OutcomeView = {
  /** `exact` puts Clopper and Pearson's interval beside Wilson's. */
  interval?: 'exact' | undefined
  /** The factor with a row for each of its values; without it the starting version. */
  rows?: FactorName | undefined
  /** What is counted in place of the primary outcome, as lib/domain/statistics/counted.ts reads it. */
  count?: string | undefined
  /** Two groups are compared once all three are chosen. */
  by?: FactorName | undefined
  first?: string | undefined
  second?: string | undefined
}

type Given = Readonly<Record<string, string | string[] | undefined>>

const viewNames = [
  'interval',
  'rows',
  'count',
  'by',
  'first',
  'second',
] as const satisfies (keyof OutcomeView)[]
/** Everything that the address of the outcomes page may have; it lists concluded trials only. */
const knownNames = [
  ...trialFilterFields.filter((field) => field !== 'state'),
  ...viewNames,
  'environment',
]

/** Reads the view from the search params of the page; what is not understood is reported, and left out. */
export function readOutcomeView(params: Given): { view: OutcomeView; problems: FilterProblem[] } {
  const textOf = (name: string) => [params[name]].flat()[0]?.trim() || undefined
  const problems = unknownNames(params, knownNames)
  const refuse = (field: string, accepted: string) => {
    const text = textOf(field)?.slice(0, 100)
    problems.push({ field, reason: `“${text}” is not valid for ${field}`, accepted })
  }
  const view: OutcomeView = {}
  if (textOf('interval') === 'exact') view.interval = 'exact'
  else if (textOf('interval')) refuse('interval', 'exact')
  const rows = factorNames.find((factor) => factor === textOf('rows'))
  if (rows !== undefined) view.rows = rows
  else if (textOf('rows')) refuse('rows', factorNames.join(', '))
  const counted = readCounted(textOf('count') ?? '')
  if (counted) view.count = countedAddress(counted)
  else if (textOf('count')) refuse('count', countedAccepted)
  const by = factorNames.find((factor) => factor === textOf('by'))
  if (by === undefined) {
    if (textOf('by')) refuse('by', factorNames.join(', '))
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

const predictionReaders = { rows: oneOf(factorNames), interval: oneOf(['exact']) }

/** Reads how the page of expectation against result is shown; it lists concluded trials only. */
export const readPredictionView = (given: Given) =>
  readAddress(given, predictionReaders, [
    ...trialFilterFields.filter((field) => field !== 'state'),
    'environment',
  ])
