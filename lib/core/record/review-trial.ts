import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  listOutcomeDecisions,
  listReviewEvents,
  type ReviewEvent,
} from '@/lib/db/queries/trials/reviews'
import { listObservations, listTrialEvents, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  type Contribution,
  contributionsTo,
  foldReview,
  isReviewed,
  queriesOf,
  type ReviewState,
  whyNotReviewer,
} from '@/lib/domain/review/review'
import { withTrial } from '../kernel/advance-trial'
import { type Refusal, refused } from '../shared/result'

/** A trial's review as it stands while its trial is locked by the caller. */
export type Reviewing = {
  trial: Trial
  device: DeviceRow
  state: ReviewState
  events: ReviewEvent[]
  queries: ReturnType<typeof queriesOf<ReviewEvent>>
  contributions: Contribution[]
}

/** Runs a step of a review on the locked trial; refuses for a trial that has nothing to review yet. */
export async function withReview<T>(
  db: Db,
  actor: Actor,
  trialId: string,
  step: (tx: Db, reviewing: Reviewing) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  return withTrial(db, actor, trialId, async (tx, trial, device) => {
    if (!isReviewed(trial))
      return refused(
        `the trial is ${trial.state}: a trial can be reviewed once it has ended and its baseline is consumed`,
      )
    const events = await listReviewEvents(tx, trial.id)
    const state = foldReview(events.map(({ kind }) => kind))
    const contributions = await readHands(tx, trial.id)
    return step(tx, { trial, device, state, events, queries: queriesOf(events), contributions })
  })
}

/** Everybody who had a hand in a trial, by their id: a name may be two people's. */
export async function readHands(db: Db, trialId: string): Promise<Contribution[]> {
  const [steps, observations, decisions] = await Promise.all([
    listTrialEvents(db, trialId),
    listObservations(db, trialId),
    listOutcomeDecisions(db, trialId),
  ])
  return contributionsTo({ steps, observations, decisions })
}

/** The refusal where this person had a hand in the trial. */
export function notYourOwn({ contributions }: Reviewing, actor: Actor): Refusal | undefined {
  const reason = whyNotReviewer(contributions, actor.id)
  return reason === undefined ? undefined : refused(reason)
}

/** The refusal where the record is sealed: it is unlocked first. */
export function sealed({ state }: Pick<Reviewing, 'state'>): Refusal | undefined {
  return state === 'inReview'
    ? undefined
    : refused(`the trial is ${state}: nothing is written to its record until a lead unlocks it`)
}
