import { type Outcome, outcomeInfo } from '../outcome/outcome'
import type { TrialState } from '../trial/trial'

/** One trial as its record tells it. */
export type FlowTrial = {
  id: string
  state: TrialState
  /** The first rule that failed when the device was judged and the trial went no further. */
  screenedOutBy?: string | undefined
  /** Whether it was ever registered, and whether its first command ever left. */
  registered: boolean
  released: boolean
  /** Whether its record holds a deviation from the protocol. */
  deviated: boolean
  /** On a baseline that a trial had already used. */
  reTreated: boolean
  outcome?: Outcome | undefined
  /** Whether the outcome is not what the OS before and after says. */
  against?: boolean | undefined
}

/** Trials that left the flow at one place, by why. `why` is a rule's id, a state, an outcome, or `againstBuilds`. */
type FlowExit = { why: string; ids: string[] }

/**
 * The flow diagram of the CONSORT statement (Schulz, Altman & Moher 2010, https://doi.org/10.1136/bmj.c332): each trial is in
 * exactly one exit or in `analysed`, so that every box is the sum of what leaves it and of the next box.
 */
type Flow = {
  assessed: string[]
  /** Devices that a rule refused, by the first rule that did. */
  screenedOut: FlowExit[]
  /** Trials that nobody has registered: still a draft, or ended as one. */
  notRegistered: FlowExit[]
  registered: string[]
  notReleased: FlowExit[]
  released: string[]
  perProtocol: string[]
  deviated: string[]
  /** Released and in no rate: under observation, ended without an outcome, or with one that is not counted. */
  notAnalysed: FlowExit[]
  analysed: string[]
  naive: string[]
  reTreated: string[]
}

/** Throws on a record that cannot be, such as a release without a registration: a diagram of it would not sum. */
export function flowOf(trials: readonly FlowTrial[]): Flow {
  for (const trial of trials) check(trial)
  if (new Set(trials.map(({ id }) => id)).size < trials.length)
    throw new Error('a trial is in the flow once')
  const [registered, unregistered] = split(trials, (trial) => trial.registered)
  const [released, unreleased] = split(registered, (trial) => trial.released)
  const [analysed, left] = split(released, isAnalysed)
  const [deviated, perProtocol] = split(released, (trial) => trial.deviated)
  const [reTreated, naive] = split(analysed, (trial) => trial.reTreated)
  const [screenedOut, notRegistered] = split(unregistered, ({ screenedOutBy }) => !!screenedOutBy)
  return {
    assessed: idsOf(trials),
    screenedOut: exitsOf(screenedOut, ({ screenedOutBy = '' }) => screenedOutBy),
    notRegistered: exitsOf(notRegistered, ({ state }) => state),
    registered: idsOf(registered),
    notReleased: exitsOf(unreleased, ({ state }) => state),
    released: idsOf(released),
    perProtocol: idsOf(perProtocol),
    deviated: idsOf(deviated),
    notAnalysed: exitsOf(left, whyNotAnalysed),
    analysed: idsOf(analysed),
    naive: idsOf(naive),
    reTreated: idsOf(reTreated),
  }
}

const isCounted = ({ outcome, against }: FlowTrial): boolean =>
  outcome !== undefined && !against && outcomeInfo[outcome].counts !== 'leftOut'

const isAnalysed = (trial: FlowTrial): boolean => trial.state === 'concluded' && isCounted(trial)

const whyNotAnalysed = ({ state, outcome, against }: FlowTrial): string =>
  state !== 'concluded' ? state : against ? 'againstBuilds' : (outcome ?? state)

function check({ id, state, registered, released, screenedOutBy, outcome }: FlowTrial): void {
  const wrong =
    released && !registered
      ? 'released and was never registered'
      : registered && screenedOutBy
        ? 'registered although a rule screened it out'
        : state === 'concluded' && (!released || outcome === undefined)
          ? 'concluded without a release and an outcome'
          : undefined
  if (wrong) throw new Error(`the trial ${id} is ${wrong}`)
}

function split<T>(all: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))]
}

const idsOf = (trials: readonly FlowTrial[]): string[] => trials.map(({ id }) => id)

/** The largest first, so that a diagram reads from the top; then by name. */
function exitsOf(trials: readonly FlowTrial[], why: (trial: FlowTrial) => string): FlowExit[] {
  return [...Map.groupBy(trials, why)]
    .map(([reason, group]) => ({ why: reason, ids: idsOf(group) }))
    .toSorted((a, b) => b.ids.length - a.ids.length || (a.why < b.why ? -1 : 1))
}
