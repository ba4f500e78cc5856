/**
 * The states of a trial. `released` is the hold: it can be cancelled until the hold ends; from
 * `observing` on nothing can be taken back.
 */
export const trialStates = [
  'draft',
  'registered',
  'armed',
  'released',
  'observing',
  'concluded',
  'withdrawn',
  'void',
  'lost',
] as const
export type TrialState = (typeof trialStates)[number]

/** A device is in one live trial at most; the database holds this with a partial unique index. */
export const liveTrialStates = ['registered', 'armed', 'released', 'observing'] as const

/** While a trial is in one of these, a command of it may be released: the first when it is armed, others after it. */
export const releasableStates = ['armed', 'observing'] as const satisfies readonly TrialState[]

/** A command of the trial is to be sent to the MDM server of its device, so that server keeps its address. */
export const aboutToSendStates = ['armed', 'released'] as const satisfies readonly TrialState[]

/** Nothing is added to the record of a trial that has ended; only its review goes on. */
export const closedTrialStates = ['concluded', 'withdrawn', 'void', 'lost'] as const
export const isClosed = (state: TrialState): boolean =>
  closedTrialStates.some((closed) => closed === state)

/** What can happen to a trial; the record is a list of these and the state is a fold over it. */
export const trialEventKinds = [
  'drafted',
  'registered',
  'armed',
  'disarmed',
  'released',
  'releaseCancelled',
  'releaseLapsed',
  'sent',
  'notSent',
  'slotReleased',
  'slotReleaseCancelled',
  'slotReleaseLapsed',
  'slotSent',
  'deadlinePassed',
  'outcomeProposed',
  'concluded',
  'reopened',
  'withdrawn',
  'voided',
  'lost',
  'observationGap',
  'outcomeCorrected',
  'deviated',
  'recorded',
] as const
export type TrialEventKind = (typeof trialEventKinds)[number]

/** From which states an event may come, and where it leads; `same` stays. */
export const trialTransitions: Record<
  TrialEventKind,
  { from: readonly TrialState[]; to: TrialState | 'same' }
> = {
  drafted: { from: [], to: 'draft' },
  registered: { from: ['draft'], to: 'registered' },
  armed: { from: ['registered'], to: 'armed' },
  disarmed: { from: ['armed'], to: 'registered' },
  released: { from: ['armed'], to: 'released' },
  releaseCancelled: { from: ['released'], to: 'registered' },
  // The conditions had changed when the hold ended: nothing left, the engineer must look again.
  releaseLapsed: { from: ['released'], to: 'registered' },
  sent: { from: ['released'], to: 'observing' },
  // The request provably never left the machine, so the baseline is not consumed.
  notSent: { from: ['observing'], to: 'registered' },
  slotReleased: { from: ['observing'], to: 'same' },
  slotReleaseCancelled: { from: ['observing'], to: 'same' },
  slotReleaseLapsed: { from: ['observing'], to: 'same' },
  slotSent: { from: ['observing'], to: 'same' },
  deadlinePassed: { from: ['observing'], to: 'same' },
  outcomeProposed: { from: ['observing'], to: 'same' },
  // An observation gap: an answer may have been missed.
  observationGap: { from: ['observing'], to: 'same' },
  concluded: { from: ['observing'], to: 'concluded' },
  // Before the review begins; what was decided stays beside it.
  reopened: { from: ['concluded'], to: 'observing' },
  withdrawn: { from: ['draft', 'registered', 'armed', 'released', 'observing'], to: 'withdrawn' },
  voided: { from: ['registered', 'armed', 'released', 'observing'], to: 'void' },
  lost: { from: ['draft', 'registered', 'armed', 'released'], to: 'lost' },
  // Asked for by an open query of the review; the earlier decision stays beside it.
  outcomeCorrected: { from: ['concluded'], to: 'same' },
  // Something that the protocol does not have: a command was delivered again.
  deviated: { from: ['observing', 'concluded', 'withdrawn', 'void'], to: 'same' },
  recorded: { from: trialStates, to: 'same' },
}

/** The state after one more event, or undefined when the event cannot come in that state. */
export function nextTrialState(
  state: TrialState | undefined,
  kind: TrialEventKind,
): TrialState | undefined {
  const { from, to } = trialTransitions[kind]
  if (state === undefined) return kind === 'drafted' ? 'draft' : undefined
  if (!from.includes(state)) return undefined
  return to === 'same' ? state : to
}

/** Where a trial can go from each state in one step. */
export const nextStates: Readonly<Record<TrialState, readonly TrialState[]>> = mapStates(
  (state) => {
    const steps = Object.values(trialTransitions).filter(({ from }) => from.includes(state))
    return trialStates.filter((to) => steps.some((step) => step.to === to))
  },
)

function mapStates<T>(of: (state: TrialState) => T): Record<TrialState, T> {
  // fromEntries loses the key type; trialStates has every state exactly once.
  return Object.fromEntries(trialStates.map((state) => [state, of(state)])) as Record<TrialState, T>
}

/** Folds a trial's record into its state; undefined for an empty record, throws on an impossible one. */
export function foldTrial(kinds: readonly TrialEventKind[]): TrialState | undefined {
  return kinds.reduce<TrialState | undefined>((state, kind) => {
    const next = nextTrialState(state, kind)
    if (next === undefined) throw new Error(`a trial in ${state ?? 'no state'} cannot be ${kind}`)
    return next
  }, undefined)
}
