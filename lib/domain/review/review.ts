import { systemActor } from '../account/permissions'
import type { TrialEventKind, TrialState } from '../trial/trial'

/**
 * The states of a review. It is separate from the trial's state: a concluded trial stays concluded, while an approval
 * or lock can end again.
 */
export const reviewStates = ['inReview', 'approved', 'locked'] as const
export type ReviewState = (typeof reviewStates)[number]

/** The events of a review. Its record is a list of them, from which the state follows. */
export const reviewEventKinds = [
  'queried',
  'answered',
  'queryClosed',
  'approved',
  'locked',
  'unlocked',
] as const
export type ReviewEventKind = (typeof reviewEventKinds)[number]

/** The events that are signed, each with the act of its signature. */
export const reviewActs = { approved: 'approve', locked: 'lock', unlocked: 'unlock' } as const

export const signedReviewKinds = reviewEventKinds.filter((kind) => kind in reviewActs)

/** In which states an event is possible, and the state after it. */
export const reviewTransitions: Record<
  ReviewEventKind,
  { from: readonly ReviewState[]; to: ReviewState | 'same' }
> = {
  queried: { from: ['inReview'], to: 'same' },
  answered: { from: ['inReview'], to: 'same' },
  queryClosed: { from: ['inReview'], to: 'same' },
  approved: { from: ['inReview'], to: 'approved' },
  locked: { from: ['approved'], to: 'locked' },
  // Both signatures remain, but are no longer in force.
  unlocked: { from: ['approved', 'locked'], to: 'inReview' },
}

/** The state after one more event; undefined if the event is not possible in this state. */
export function nextReviewState(
  state: ReviewState,
  kind: ReviewEventKind,
): ReviewState | undefined {
  const { from, to } = reviewTransitions[kind]
  if (!from.includes(state)) return undefined
  return to === 'same' ? state : to
}

/** The state that follows from a review's record. @throws if the record is impossible */
export function foldReview(kinds: readonly ReviewEventKind[]): ReviewState {
  return kinds.reduce<ReviewState>((state, kind) => {
    const next = nextReviewState(state, kind)
    if (next === undefined) throw new Error(`a trial that is ${state} cannot be ${kind}`)
    return next
  }, 'inReview')
}

export const reviewedStates: readonly TrialState[] = ['concluded', 'withdrawn', 'void']

/**
 * Whether a trial is reviewed: it has ended and has consumed its device's baseline. A trial that ended before anything
 * was sent has used nothing and shows nothing.
 */
export const isReviewed = (trial: { state: TrialState; consumed: boolean }): boolean =>
  trial.consumed && reviewedStates.includes(trial.state)

/** The steps that make somebody an author of a trial, in words for a list. */
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
  stepTicked: 'ticked off a step',
  deviated: 'recorded a deviation',
}

/** Events that an author of the trial may not cause. Authors may answer queries and unlock. */
export const notForAuthors = [
  'queried',
  'queryClosed',
  'approved',
  'locked',
] as const satisfies readonly ReviewEventKind[]

/** A contributor to a trial, and the contribution in words. */
export type Contribution = { byId: string; did: string }

type Authored = { byId: string }

/** All people who did, observed or decided something in the trial; not the program's timers. */
export function contributionsTo(record: {
  steps: readonly { byId: string; kind: TrialEventKind }[]
  observations: readonly Authored[]
  decisions: readonly Authored[]
  attachments: readonly (Authored & { withdrawn: Authored | undefined })[]
}): Contribution[] {
  const contributions = [
    ...record.steps.flatMap(({ byId, kind }) => {
      const did = authorship[kind]
      return did === undefined || byId === systemActor.id ? [] : [{ byId, did }]
    }),
    ...record.observations.map(({ byId }) => ({ byId, did: 'logged an observation' })),
    ...record.decisions.map(({ byId }) => ({ byId, did: 'decided the outcome' })),
    ...record.attachments.flatMap(({ byId, withdrawn }) => [
      { byId, did: 'attached a file' },
      ...(withdrawn ? [{ byId: withdrawn.byId, did: 'withdrew an attachment' }] : []),
    ]),
  ]
  const seen = new Set<string>()
  return contributions.filter(({ byId, did }) => {
    const key = `${byId} ${did}`
    return seen.has(key) ? false : Boolean(seen.add(key))
  })
}

/** Why this person cannot review, approve or lock: they contributed to the trial. Undefined if they can. */
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

/** A query on a field, with its answers and how it was closed. */
export type Query<E extends ReviewEntry = ReviewEntry> = {
  id: number
  field: string
  asked: E
  answers: E[]
  closed: E | undefined
}

/** The queries of a review, the oldest first. */
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

/** A signed act, and whether it is still in force. */
export type ReviewAct<E extends ReviewEntry = ReviewEntry> = {
  entry: E
  /** The unlocking that ended it. */
  endedBy: E | undefined
}

/** All approvals and locks, the oldest first, including those that an unlocking ended. */
export function actsOf<E extends ReviewEntry>(entries: readonly E[]): ReviewAct<E>[] {
  return entries.flatMap((entry, index) =>
    entry.kind === 'approved' || entry.kind === 'locked'
      ? [{ entry, endedBy: entries.slice(index).find(({ kind }) => kind === 'unlocked') }]
      : [],
  )
}
