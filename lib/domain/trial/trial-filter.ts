import { type Platform, platforms } from '../device/device'
import { type Outcome, outcomes } from '../outcome/outcome'
import { type FlowPlace, flowBoxes, readFlowPlace } from '../statistics/flow'
import { day, type FilterProblem, matching, oneOf, type Reader } from '../text/address-filter'
import { uuidForm } from '../text/typed-text'
import { factors, type ListedFactor, noAction, readActions } from './factors'
import { type TrialState, trialStates } from './trial'

/** `toReview`: waits for a reviewer. `queried`: of these, those with an open query. */
export const reviewFilters = ['toReview', 'queried', 'approved', 'locked'] as const
export type ReviewFilter = (typeof reviewFilters)[number]

type ValueOf<F extends ListedFactor> = keyof (typeof factors)[F]['values'] & string

/**
 * The filters of a list, chart or export of trials; an absent one does not filter. The names are those in URLs, so a
 * filter can be used as search params: `paths.trials({ ...filter, environment })`.
 */
export type TrialFilter = {
  state?: TrialState | undefined
  /** The state of its review. */
  review?: ReviewFilter | undefined
  outcome?: Outcome | undefined
  /** The OS version the trial started from, frozen at release, e.g. "11.4.1". */
  version?: string | undefined
  platform?: Platform | undefined
  /** Model identifier, e.g. "iPad4,1". */
  model?: string | undefined
  /** Device id. */
  device?: string | undefined
  /** Protocol id, over all its versions. */
  protocol?: string | undefined
  /** The target of the first command or declaration: its version, or else the ProductKey of the command. */
  target?: string | undefined
  /** The passcode in the starting state, as frozen at release. */
  passcode?: ValueOf<'passcode'> | undefined
  /** External power, battery level and network in the starting state. */
  power?: ValueOf<'power'> | undefined
  battery?: ValueOf<'battery'> | undefined
  network?: ValueOf<'network'> | undefined
  /** What it intervenes by. */
  mechanism?: ValueOf<'mechanism'> | undefined
  /** The InstallActions of its commands, such as "Default,InstallASAP". */
  action?: string | undefined
  /** The quarter of the day of its release, in UTC. */
  hour?: ValueOf<'hour'> | undefined
  /** An arm of a protocol: see `armValue`. */
  arm?: string | undefined
  /** Whether the arm was drawn or chosen. */
  assigned?: ValueOf<'assigned'> | undefined
  /** Whether the device was used in a trial before. */
  treatment?: ValueOf<'treatment'> | undefined
  /** Day of release in UTC, inclusive, YYYY-MM-DD. */
  from?: string | undefined
  to?: string | undefined
  /** "T-12", or part of a lab tag, device name, serial, protocol title or a person's name, in any letter case. */
  text?: string | undefined
  /** The place in the flow diagram. */
  flow?: FlowPlace | undefined
}

export type FilterField = keyof TrialFilter

/** One of the values of a factor. */
const ofFactor = <F extends ListedFactor>(name: F): Reader<ValueOf<F>> =>
  // Object.keys returns string[]; the type of the object has every value.
  oneOf(Object.keys(factors[name].values) as ValueOf<F>[])

const id = matching(uuidForm, 'an ID as in the address of its page')
const short = matching(/^[^\p{Cc}]{1,100}$/u, '1 to 100 characters on one line')
const readers: { [F in keyof TrialFilter]-?: Reader<NonNullable<TrialFilter[F]>> } = {
  state: oneOf(trialStates),
  review: oneOf(reviewFilters),
  outcome: oneOf(outcomes),
  version: short,
  platform: oneOf(platforms),
  model: short,
  device: id,
  protocol: id,
  target: short,
  passcode: ofFactor('passcode'),
  power: ofFactor('power'),
  battery: ofFactor('battery'),
  network: ofFactor('network'),
  mechanism: ofFactor('mechanism'),
  action: {
    accepted: `InstallActions, with commas between them: Default, DownloadOnly, InstallASAP; or ${noAction}`,
    read: (text) => (text === noAction ? text : readActions(text)),
  },
  hour: ofFactor('hour'),
  arm: matching(
    /^(none|[0-9a-f-]{36}\/[^\p{C}/]{1,40})$/u,
    'none, or the ID of a protocol, “/” and the name of an arm',
  ),
  assigned: ofFactor('assigned'),
  treatment: ofFactor('treatment'),
  from: day,
  to: day,
  text: short,
  flow: {
    accepted: `${flowBoxes.join(', ')}, or one reason of an exit, such as screenedOut:Q5`,
    read: (text) => readFlowPlace(text)?.place,
  },
}

// The type of `readers` has every field of the filter.
export const trialFilterFields = Object.keys(readers) as FilterField[]

/**
 * Reads a filter from search params; of a repeated one the first counts. A page shows the problems next to the list; an
 * export with problems is refused.
 */
export function readTrialFilter(params: Record<string, string | string[] | undefined>): {
  filter: TrialFilter
  problems: FilterProblem[]
} {
  const problems: FilterProblem[] = []
  const read: Record<string, string> = {}
  for (const field of trialFilterFields) {
    const given = params[field]
    const text = (Array.isArray(given) ? given[0] : given)?.trim()
    if (text === undefined || text === '') continue
    const { accepted, read: understand } = readers[field]
    const value = understand(text)
    if (value === undefined)
      problems.push({
        field,
        reason: `“${text.slice(0, 100)}” is not a valid filter for ${field}`,
        accepted,
      })
    else read[field] = value
  }
  // Each value is from the reader of its own field.
  return { filter: read as TrialFilter, problems }
}

/** How many filters are set. */
export const countFilters = (filter: TrialFilter): number =>
  trialFilterFields.filter((field) => filter[field] !== undefined).length

/** `number` sorts by when a trial was drafted; `released` puts trials that were never released last. */
export const trialSorts = ['number', 'released'] as const
export type TrialSort = (typeof trialSorts)[number]
