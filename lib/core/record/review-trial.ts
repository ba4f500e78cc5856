import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import { listAttachments } from '@/lib/db/queries/trials/attachments'
import { listReviewEvents, type ReviewEvent } from '@/lib/db/queries/trials/reviews'
import {
  listObservations,
  listOutcomeDecisions,
  listTrialEvents,
  type Trial,
} from '@/lib/db/queries/trials/trials'
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

/** The review of a trial whose row is locked. */
export type Reviewing = {
  trial: Trial
  device: DeviceRow
  state: ReviewState
  events: ReviewEvent[]
  queries: ReturnType<typeof queriesOf<ReviewEvent>>
  contributions: Contribution[]
}

/** Runs a step of a review on the locked trial. Refuses if there is nothing to review yet. */
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
    const contributions = await readContributions(tx, trial.id)
    return step(tx, { trial, device, state, events, queries: queriesOf(events), contributions })
  })
}

/** Everybody who contributed to a trial, by their id, because two people may have the same name. */
export async function readContributions(db: Db, trialId: string): Promise<Contribution[]> {
  const [steps, observations, decisions, attachments] = await Promise.all([
    listTrialEvents(db, trialId),
    listObservations(db, trialId),
    listOutcomeDecisions(db, trialId),
    listAttachments(db, trialId),
  ])
  return contributionsTo({ steps, observations, decisions, attachments })
}

/** The refusal if this person contributed to the trial. */
export function notYourOwn({ contributions }: Reviewing, actor: Actor): Refusal | undefined {
  const reason = whyNotReviewer(contributions, actor.id)
  return reason === undefined ? undefined : refused(reason)
}

/** The refusal if the record is sealed: it has to be unlocked first. */
export function sealed({ state }: Pick<Reviewing, 'state'>): Refusal | undefined {
  return state === 'inReview'
    ? undefined
    : refused(`the trial is ${state}: nothing is written to its record until a lead unlocks it`)
}
