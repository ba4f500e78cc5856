import { type Outcome, outcomeInfo, outcomes } from '../outcome/outcome'
import { type TrialState, trialStates } from '../trial/trial'

/** Trials in whose records these facts are the same; one trial where no number is given. */
export type FlowTrial = {
  state: TrialState
  /** Whether its expectation was sealed, and whether a command or declaration of it may have left. */
  registered: boolean
  released: boolean
  /** The first rule that the device did not pass when it was last judged, of a trial that was then ended unsent. */
  screenedOutBy?: string | undefined
  /** Whether its record holds a deviation from the protocol. */
  deviated: boolean
  /** Whether an earlier trial had sent a command or declaration to its device. */
  usedBefore: boolean
  outcome?: Outcome | undefined
  /** Whether the outcome is not what the OS before and after says. */
  against?: boolean | undefined
  trials?: number | undefined
}

/** The boxes of the diagram, from the top. */
export const flowBoxes = [
  'drafted',
  'notRegistered',
  'registered',
  'screenedOut',
  'notReleased',
  'released',
  'perProtocol',
  'deviated',
  'notAnalysed',
  'analysed',
  'firstTrial',
  'usedBefore',
] as const
export type FlowBox = (typeof flowBoxes)[number]

/** Boxes at which trials leave, split by the reason. */
const exitBoxes = ['notRegistered', 'screenedOut', 'notReleased', 'notAnalysed'] as const
export type ExitBox = (typeof exitBoxes)[number]

/** A box, or one reason of an exit, as it stands in an address: "released", "screenedOut:Q5". */
export type FlowPlace = FlowBox | `${ExitBox}:${string}`

/** The `why` of a trial whose outcome is not what the OS before and after says. */
export const againstBuilds = 'againstBuilds'

/** The `why` of a concluded trial whose outcome waits for its second reader. */
export const awaitsReader = 'awaitsReader'

const whys: readonly string[] = [...trialStates, ...outcomes, againstBuilds, awaitsReader]

/** Undefined for a text that names no place of a flow diagram. */
export function readFlowPlace(
  text: string,
): { place: FlowPlace; box: FlowBox; why: string | undefined } | undefined {
  const [name, why, more] = text.split(':')
  const box = flowBoxes.find((one) => one === name)
  if (box === undefined || more !== undefined) return undefined
  if (why === undefined) return { place: box, box, why }
  const exit = exitBoxes.find((one) => one === box)
  const isWhy = exit === 'screenedOut' ? /^Q\d{1,2}$/.test(why) : whys.includes(why)
  return exit && isWhy ? { place: `${exit}:${why}`, box, why } : undefined
}

/** Trials that left the flow at one place. `why` is a rule's ID, a state, an outcome, `againstBuilds`, or `awaitsReader`. */
type FlowExit = { why: string; trials: number }

/** How many trials are in each box. */
export type Flow = Record<Exclude<FlowBox, ExitBox>, number> & Record<ExitBox, FlowExit[]>

/**
 * The flow diagram of the CONSORT statement (Schulz, Altman & Moher 2010, https://doi.org/10.1136/bmj.c332): each trial is in
 * exactly one exit or in `analysed`, so that every box is the sum of what leaves it and of the next box.
 * Throws on a record that cannot be, such as a release without a registration: a diagram of it would not sum.
 */
export function flowOf(trials: readonly FlowTrial[]): Flow {
  for (const trial of trials) check(trial)
  const [registered, unregistered] = split(trials, (trial) => trial.registered)
  const [released, unsent] = split(registered, (trial) => trial.released)
  const [screenedOut, unreleased] = split(unsent, ({ screenedOutBy }) => !!screenedOutBy)
  const [analysed, left] = split(released, isAnalysed)
  const [deviated, perProtocol] = split(released, (trial) => trial.deviated)
  const [usedBefore, firstTrial] = split(analysed, (trial) => trial.usedBefore)
  return {
    drafted: sum(trials),
    notRegistered: exitsOf(unregistered, ({ state }) => state),
    registered: sum(registered),
    screenedOut: exitsOf(screenedOut, ({ screenedOutBy = '' }) => screenedOutBy),
    notReleased: exitsOf(unreleased, ({ state }) => state),
    released: sum(released),
    perProtocol: sum(perProtocol),
    deviated: sum(deviated),
    notAnalysed: exitsOf(left, whyNotAnalysed),
    analysed: sum(analysed),
    firstTrial: sum(firstTrial),
    usedBefore: sum(usedBefore),
  }
}

/** How many trials are in a box, whatever they left it for. */
export const inBox = (flow: Flow, box: FlowBox): number => {
  const content = flow[box]
  return typeof content === 'number' ? content : sum(content)
}

/** Every box with its number, each followed by the reasons of its exits: a line is one place of the diagram. */
export const flowLines = (flow: Flow) =>
  flowBoxes.flatMap((box) => {
    const content = flow[box]
    const exits = typeof content === 'number' ? [] : content
    return [
      { place: `${box}`, box, why: '', trials: inBox(flow, box) },
      ...exits.map(({ why, trials }) => ({ place: `${box}:${why}`, box, why, trials })),
    ]
  })

const isCounted = ({ outcome, against }: FlowTrial): boolean =>
  outcome !== undefined && !against && outcomeInfo[outcome].counts !== 'leftOut'

const isAnalysed = (trial: FlowTrial): boolean => trial.state === 'concluded' && isCounted(trial)

const whyNotAnalysed = ({ state, outcome, against }: FlowTrial): string =>
  state !== 'concluded' ? state : against ? againstBuilds : (outcome ?? awaitsReader)

function check({ state, registered, released, screenedOutBy }: FlowTrial): void {
  const wrong =
    released && !registered
      ? 'released and was never registered'
      : screenedOutBy && (released || !registered)
        ? 'screened out, and not between its registration and its release'
        : state === 'concluded' && !released
          ? 'concluded without a release'
          : undefined
  if (wrong) throw new Error(`a trial is ${wrong}`)
}

function split<T>(all: readonly T[], belongs: (one: T) => boolean): [T[], T[]] {
  return [all.filter(belongs), all.filter((one) => !belongs(one))]
}

const sum = (counted: readonly { trials?: number | undefined }[]): number =>
  counted.reduce((total, { trials = 1 }) => total + trials, 0)

/** The largest first, so that a diagram reads from the top; then by name. */
function exitsOf(trials: readonly FlowTrial[], why: (trial: FlowTrial) => string): FlowExit[] {
  return [...Map.groupBy(trials, why)]
    .map(([reason, group]) => ({ why: reason, trials: sum(group) }))
    .toSorted((a, b) => b.trials - a.trials || (a.why < b.why ? -1 : 1))
}
