import type { TrialEventKind, TrialState } from '../trial/trial'

/**
 * How far the review of a trial is. It has a fold of its own beside the trial's state: what a trial
 * was concluded as never changes, while a lock can be taken back.
 */
export const reviewStates = ['inReview', 'approved', 'locked'] as const
export type ReviewState = (typeof reviewStates)[number]

/** What can happen in a review; its record is a list of these and the state is a fold over it. */
export const reviewEventKinds = [
  'queried',
  'answered',
  'queryClosed',
  'approved',
  'locked',
  'unlocked',
] as const
export type ReviewEventKind = (typeof reviewEventKinds)[number]

/** The events of a review that are signed, each with the act of its signature. */
export const reviewActs = { approved: 'approve', locked: 'lock', unlocked: 'unlock' } as const

export const signedReviewKinds = reviewEventKinds.filter((kind) => kind in reviewActs)

/** From which states an event may come, and where it leads. */
export const reviewTransitions: Record<
  ReviewEventKind,
  { from: readonly ReviewState[]; to: ReviewState | 'same' }
> = {
  queried: { from: ['inReview'], to: 'same' },
  answered: { from: ['inReview'], to: 'same' },
  queryClosed: { from: ['inReview'], to: 'same' },
  approved: { from: ['inReview'], to: 'approved' },
  locked: { from: ['approved'], to: 'locked' },
  // Both signatures stay; neither is in force any more.
  unlocked: { from: ['approved', 'locked'], to: 'inReview' },
}

/** The state after one more event, or undefined when the event cannot come in that state. */
export function nextReviewState(
  state: ReviewState,
  kind: ReviewEventKind,
): ReviewState | undefined {
  const { from, to } = reviewTransitions[kind]
  if (!from.includes(state)) return undefined
  return to === 'same' ? state : to
}

/** Folds the record of a review into its state; throws on an impossible one. */
export function foldReview(kinds: readonly ReviewEventKind[]): ReviewState {
  return kinds.reduce<ReviewState>((state, kind) => {
    const next = nextReviewState(state, kind)
    if (next === undefined) throw new Error(`a trial that is ${state} cannot be ${kind}`)
    return next
  }, 'inReview')
}

export const reviewedStates: readonly TrialState[] = ['concluded', 'withdrawn', 'void']

/**
 * Whether a trial is one to review: it has ended and has consumed its device's baseline. One that
 * was given up or lost before anything left has cost nothing and claims nothing.
 */
export const isReviewed = (trial: { state: TrialState; consumed: boolean }): boolean =>
  trial.consumed && reviewedStates.includes(trial.state)

/** Steps that make somebody an author of a trial, in words for a list. */
export const authorship: Partial<Record<TrialEventKind, string>> = {
  drafted: 'drafted',
  registered: 'registered',
  armed: 'armed',
  released: 'released',
  slotReleased: 'released',
  concluded: 'concluded',
  reopened: 'reopened',
  withdrawn: 'withdrawn',
  voided: 'declared void',
  outcomeCorrected: 'corrected the outcome',
}

/** What another person does than the authors. Answering a query is theirs, and so is asking for an unlocking. */
export const notForAuthors = [
  'queried',
  'queryClosed',
  'approved',
  'locked',
] as const satisfies readonly ReviewEventKind[]

/** Who had a hand in a trial, and which. */
export type Contribution = { byId: string; did: string }

type Authored = { byId: string }

/** Everybody who did, saw or decided something of what is reviewed. Timers are nobody. */
export function contributionsTo(record: {
  steps: readonly { byId: string; kind: TrialEventKind }[]
  observations: readonly Authored[]
  decisions: readonly Authored[]
}): Contribution[] {
  const contributions = [
    ...record.steps.flatMap(({ byId, kind }) => {
      const did = authorship[kind]
      return did === undefined ? [] : [{ byId, did }]
    }),
    ...record.observations.map(({ byId }) => ({ byId, did: 'logged an observation' })),
    ...record.decisions.map(({ byId }) => ({ byId, did: 'decided the outcome' })),
  ]
  const seen = new Set<string>()
  return contributions.filter(({ byId, did }) => {
    const key = `${byId} ${did}`
    return seen.has(key) ? false : Boolean(seen.add(key))
  })
}

/** Why this person cannot review, approve or lock: what they did themselves another person looks at. */
export function whyNotReviewer(
  contributions: readonly Contribution[],
  personId: string,
): string | undefined {
  const own = contributions.filter(({ byId }) => byId === personId).map(({ did }) => did)
  if (own.length === 0) return undefined
  return `You contributed to this trial (${own.join(', ')}); another person reviews it.`
}

/** One entry of a review's record. */
export type ReviewEntry = {
  id: number
  kind: ReviewEventKind
  field: string | null
  queryId: number | null
  text: string
  at: Date
  byId: string
  byName: string
}

/** A question on a field with all that came of it. */
export type Query<E extends ReviewEntry = ReviewEntry> = {
  id: number
  field: string
  asked: E
  answers: E[]
  closed: E | undefined
}

/** The queries of a review, the oldest first, each with its answers and how it was closed. */
export function queriesOf<E extends ReviewEntry>(entries: readonly E[]): Query<E>[] {
  return entries.flatMap((asked) => {
    if (asked.kind !== 'queried' || asked.field === null) return []
    const own = entries.filter(({ queryId }) => queryId === asked.id)
    return [
      {
        id: asked.id,
        field: asked.field,
        asked,
        answers: own.filter(({ kind }) => kind === 'answered'),
        closed: own.find(({ kind }) => kind === 'queryClosed'),
      },
    ]
  })
}

export const isOpenQuery = ({ closed }: Query): boolean => closed === undefined

/** One act that carries a signature, and whether it still holds. */
export type ReviewAct<E extends ReviewEntry = ReviewEntry> = {
  entry: E
  /** The unlocking that took it out of force. */
  endedBy: E | undefined
}

/** Every approval and lock there ever was, the oldest first: an unlocking ends them and removes none. */
export function actsOf<E extends ReviewEntry>(entries: readonly E[]): ReviewAct<E>[] {
  return entries.flatMap((entry, index) =>
    entry.kind === 'approved' || entry.kind === 'locked'
      ? [{ entry, endedBy: entries.slice(index).find(({ kind }) => kind === 'unlocked') }]
      : [],
  )
}
