/** The states of a trial. `released` is the hold, during which it can be cancelled; from `observing` on nothing can be undone. */
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

/** A device is in one live trial at most; a partial unique index ensures it. */
export const liveTrialStates = ['registered', 'armed', 'released', 'observing'] as const

/** States in which a command may be released: the first when armed, later ones when observing. */
export const releasableStates = ['armed', 'observing'] as const satisfies readonly TrialState[]

/** States in which a command is about to be sent, so that the address of the device's MDM server must not change. */
export const aboutToSendStates = ['armed', 'released'] as const satisfies readonly TrialState[]

/** The states of a trial that has ended: nothing is added to its record, only its review continues. */
export const closedTrialStates = ['concluded', 'withdrawn', 'void', 'lost'] as const
export const isClosed = (state: TrialState): boolean =>
  closedTrialStates.some((closed) => closed === state)

/** The events of a trial. Its record is a list of them, from which the state follows. */
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
  'secondRead',
  'deviated',
  'stepTicked',
  'recorded',
] as const
export type TrialEventKind = (typeof trialEventKinds)[number]

const benchAndAfter: readonly TrialState[] = [
  'armed',
  'released',
  'observing',
  'concluded',
  'withdrawn',
  'void',
]

/** In which states an event is possible, and the state after it; `same` keeps the state. */
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
  // The conditions had changed when the hold ended: nothing was sent, and the engineer must look again.
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
  // Before the review begins; the earlier decision stays in the record.
  reopened: { from: ['concluded'], to: 'observing' },
  withdrawn: { from: ['draft', 'registered', 'armed', 'released', 'observing'], to: 'withdrawn' },
  voided: { from: ['registered', 'armed', 'released', 'observing'], to: 'void' },
  lost: { from: ['draft', 'registered', 'armed', 'released'], to: 'lost' },
  // If an open query of the review asks for it; the earlier decision stays in the record.
  outcomeCorrected: { from: ['concluded'], to: 'same' },
  // A second person has read the outcome, where the protocol asks for one.
  secondRead: { from: ['concluded'], to: 'same' },
  // A deviation from the protocol, entered by a person or noted by the program.
  deviated: { from: benchAndAfter, to: 'same' },
  // A step of the protocol was done, or was not; after the end such an entry can only be corrected.
  stepTicked: { from: benchAndAfter, to: 'same' },
  recorded: { from: trialStates, to: 'same' },
}

/** The state after one more event; undefined if the event is not possible in this state. */
export function nextTrialState(
  state: TrialState | undefined,
  kind: TrialEventKind,
): TrialState | undefined {
  const { from, to } = trialTransitions[kind]
  if (state === undefined) return kind === 'drafted' ? 'draft' : undefined
  if (!from.includes(state)) return undefined
  return to === 'same' ? state : to
}

/** The states that can follow each state. */
export const nextStates: Readonly<Record<TrialState, readonly TrialState[]>> = mapStates(
  (state) => {
    const steps = Object.values(trialTransitions).filter(({ from }) => from.includes(state))
    return trialStates.filter((to) => steps.some((step) => step.to === to))
  },
)

function mapStates<T>(of: (state: TrialState) => T): Record<TrialState, T> {
  // fromEntries loses the type of the keys; trialStates has every state once.
  return Object.fromEntries(trialStates.map((state) => [state, of(state)])) as Record<TrialState, T>
}

/** The state that follows from a trial's record; undefined for an empty one. @throws if the record is impossible */
export function foldTrial(kinds: readonly TrialEventKind[]): TrialState | undefined {
  return kinds.reduce<TrialState | undefined>((state, kind) => {
    const next = nextTrialState(state, kind)
    if (next === undefined) throw new Error(`a trial in ${state ?? 'no state'} cannot be ${kind}`)
    return next
  }, undefined)
}
