import { type Platform, platforms } from '../device/device'
import { type Outcome, outcomes } from '../outcome/outcome'
import { uuidForm } from '../text/typed-text'
import { type TrialState, trialStates } from './trial'

/** `toReview` is everything that waits for a reviewer, `queried` what of it waits for an answer or a closing. */
export const reviewFilters = ['toReview', 'queried', 'approved', 'locked'] as const
export type ReviewFilter = (typeof reviewFilters)[number]

export const passcodeStates = ['set', 'notSet', 'notApplicable', 'unknown'] as const
export type PasscodeState = (typeof passcodeStates)[number]

/**
 * What a list, a chart or an export of trials is narrowed to; what is left out narrows nothing. The
 * names are the ones in the address, so a filter is its own query: `paths.trials({ ...filter, environment })`.
 */
export type TrialFilter = {
  state?: TrialState | undefined
  /** How far its review is. */
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
  /** What the first command names: its ProductVersion, or else its ProductKey. */
  target?: string | undefined
  /** Of the starting state, as frozen at release. */
  passcode?: PasscodeState | undefined
  /** Day of release in UTC, inclusive, YYYY-MM-DD. */
  from?: string | undefined
  to?: string | undefined
  /** "T-12", or part of a lab tag, device name, serial, protocol title or a person's name, in any letter case. */
  text?: string | undefined
}

export type FilterField = keyof TrialFilter

/** A filter that cannot be understood. It is reported, as a list without it would show too much. */
export type FilterProblem = { field: string; reason: string; accepted: string }

type Reader<T> = { accepted: string; read: (text: string) => T | undefined }

const oneOf = <T extends string>(values: readonly T[]): Reader<T> => ({
  accepted: values.join(', '),
  read: (text) => values.find((value) => value === text),
})

const matching = (form: RegExp, accepted: string): Reader<string> => ({
  accepted,
  read: (text) => (form.test(text) ? text : undefined),
})

const id = matching(uuidForm, 'an ID as in the address of its page')
const short = matching(/^[^\p{Cc}]{1,100}$/u, '1 to 100 characters on one line')
const day: Reader<string> = {
  accepted: 'a day such as 2026-03-02',
  read: (text) => (isDay(text) ? text : undefined),
}

function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  // "2026-02-30" is read as 2 March by the engine.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

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
  passcode: oneOf(passcodeStates),
  from: day,
  to: day,
  text: short,
}

// `readers` names every field of the filter by its type.
export const trialFilterFields = Object.keys(readers) as FilterField[]

/**
 * Reads a filter from the search params of a page or an export; of a repeated one the first counts.
 * A page shows the problems beside the list; an export is refused for them.
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
  // Each value came out of the reader of its own field.
  return { filter: read as TrialFilter, problems }
}

/** How many filters are set. */
export const countFilters = (filter: TrialFilter): number =>
  trialFilterFields.filter((field) => filter[field] !== undefined).length

/** By number is by when it was drafted; by release puts what was never released last. */
export const trialSorts = ['number', 'released'] as const
export type TrialSort = (typeof trialSorts)[number]
