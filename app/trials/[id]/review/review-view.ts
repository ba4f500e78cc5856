import type { TrialRecord } from '@/lib/core/record/read-record'
import { noOutcomeYet, openQueries, outOfOrder } from '@/lib/core/record/seal-trial'
import type { Db } from '@/lib/db/client'
import { listOutcomeDecisions } from '@/lib/db/queries/trials/trials'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import {
  actsOf,
  contributionsTo,
  foldReview,
  isOpenQuery,
  isReviewed,
  queriesOf,
  whyNotReviewer,
} from '@/lib/domain/review/review'

/** All that the page shows of a review; undefined for a trial that has nothing to review. */
export async function findReviewView(
  db: Db,
  actor: Actor,
  { view, reviewEvents: events, signatures }: TrialRecord,
) {
  const { trial, steps, observations, attachments } = view
  if (!isReviewed(trial)) return undefined
  const decisions = await listOutcomeDecisions(db, trial.id)
  const state = foldReview(events.map(({ kind }) => kind))
  const queries = queriesOf(events)
  const contributions = contributionsTo({ steps, observations, decisions, attachments })
  const own = whyNotReviewer(contributions, actor.id)
  const open = queries.filter(isOpenQuery).length
  const sealed = state === 'inReview' ? undefined : `The trial is ${state}.`
  const acts = actsOf(events)
  const inForce = acts.findLast(({ endedBy }) => endedBy === undefined)
  const signed = signatures.find(({ id }) => id === inForce?.entry.signatureId)
  return {
    trialId: trial.id,
    /** Whether anything of a review has happened; from then on the conclusion is not taken back. */
    begun: events.length > 0,
    state,
    queries,
    open,
    acts,
    authors: [
      ...new Set(
        [...steps, ...observations, ...decisions].filter(isHand(contributions)).map(named),
      ),
    ],
    /** Replies that came after what is in force was signed. */
    lateReplies: signed ? view.replies.filter(({ id }) => !isSigned(signed.record, id)) : [],
    /** Why the reader may not; undefined where they may. */
    mayNot: {
      ask: refusalFor(actor, 'reviewTrial') ?? own ?? sealed,
      answer: refusalFor(actor, 'answerQuery') ?? sealed,
      approve:
        refusalFor(actor, 'approveTrial') ??
        own ??
        sealed ??
        (open > 0 ? sentence(openQueries(open)) : undefined) ??
        (trial.outcomeAwaits ? sentence(noOutcomeYet(trial.outcomeAwaits)) : undefined),
      lock:
        refusalFor(actor, 'lockTrial') ??
        own ??
        (state === 'approved' ? undefined : sentence(outOfOrder(state, 'locked'))),
      unlock:
        refusalFor(actor, 'unlockTrial') ??
        (state === 'inReview' ? sentence(outOfOrder(state, 'unlocked')) : undefined),
      correct: refusalFor(actor, 'observe') ?? sealed,
      correctOutcome: refusalFor(actor, 'overruleOutcome') ?? sealed,
    },
  }
}

export type ReviewView = NonNullable<Awaited<ReturnType<typeof findReviewView>>>
export type ShownQuery = ReviewView['queries'][number]

const isHand =
  (contributions: readonly { byId: string }[]) =>
  ({ byId }: { byId: string }) =>
    contributions.some((hand) => hand.byId === byId)

const named = ({ byName }: { byName: string }) => byName

/** The record names each reply it holds by its number. */
function isSigned(record: string, replyId: number): boolean {
  const { replies }: { replies?: Record<string, string> } = JSON.parse(record)
  return replies?.[String(replyId)] !== undefined
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
