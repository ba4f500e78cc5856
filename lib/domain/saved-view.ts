import { readTimedEvent } from './statistics/time-to-event'
import { type FilterProblem, oneOf, readAddress } from './text/address-filter'
import { hiddenProblem, lineProblem } from './text/typed-text'
import { readOutcomeView, readPredictionView } from './trial/outcome-view'
import { readTrialFilter, trialFilterFields, trialSorts } from './trial/trial-filter'

/** The pages whose filters can be saved. */
export const savedPages = ['outcomes', 'survival', 'predictions', 'flow', 'trials'] as const
export type SavedPage = (typeof savedPages)[number]

export const savedPageLabels: Record<SavedPage, string> = {
  outcomes: 'Outcomes',
  survival: 'Time to event',
  predictions: 'Expectation against result',
  flow: 'Flow diagram',
  trials: 'Trials',
}

export const maxViewName = 80
/** Of the filters as an address. */
export const maxViewQuery = 4000
/** Per person. */
export const maxViews = 200

/** Why a text is no name of a view. */
export function viewNameProblem(name: string): string | undefined {
  if (name.trim() === '' || name.trim().length > maxViewName)
    return `Give the view a name of 1 to ${maxViewName} characters.`
  return lineProblem(name) ?? hiddenProblem(name)
}

type Given = Readonly<Record<string, string>>

const environment = { environment: oneOf(['real', 'simulated']) }
const place = { sort: oneOf(trialSorts), direction: oneOf(['asc', 'desc']) }

/** What is wrong with an address for its page; a view is saved only if the page reads all of it. */
function problemsOf(page: SavedPage, given: Given): FilterProblem[] {
  const { state, event, ...rest } = given
  const filterProblems = readTrialFilter(given).problems
  const readEnvironment = (known: readonly string[]) =>
    readAddress(given, environment, known).problems
  if (page === 'trials' || page === 'flow') {
    const own = page === 'trials' ? place : {}
    return [
      ...filterProblems,
      ...readAddress(given, { ...environment, ...own }, trialFilterFields).problems,
    ]
  }
  if (page === 'predictions')
    return [
      ...filterProblems,
      ...readPredictionView(given).problems,
      ...readEnvironment(Object.keys(given)),
    ]
  // As the page itself: it shows trials in whatever state, so none can be chosen.
  const view = state === undefined ? rest : { ...rest, state }
  const timed = page === 'survival' ? readTimedEvent(event).problems : []
  return [
    ...filterProblems,
    ...readOutcomeView(page === 'survival' || event === undefined ? view : { ...view, event })
      .problems,
    ...timed,
    ...readEnvironment(Object.keys(given)),
  ]
}

/**
 * The filters of a page as they are saved: sorted by name, without the place in a list.
 * @returns what the page would not understand in `problems`, and then no `query`
 */
export function readSavedQuery(
  page: SavedPage,
  given: Given,
): { query: string } | { problems: FilterProblem[] } {
  const kept = Object.fromEntries(
    Object.entries(given)
      .filter(([name, value]) => name !== 'cursor' && value !== '')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  const problems = problemsOf(page, kept)
  if (problems.length > 0) return { problems }
  const query = new URLSearchParams(kept).toString()
  return query.length <= maxViewQuery
    ? { query }
    : {
        problems: [
          {
            field: 'query',
            reason: 'The filters are too long to save',
            accepted: `an address of at most ${maxViewQuery} characters`,
          },
        ],
      }
}

/** The filters of a saved view by name, whether its page still understands them or not. */
export const paramsOf = (query: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(query))
