import { asc, eq } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { reviewEvents, trialReviews } from '@/lib/db/schema/review'

export type ReviewEvent = typeof reviewEvents.$inferSelect
export type TrialReview = typeof trialReviews.$inferSelect

export async function insertReviewEvent(
  db: Db,
  event: typeof reviewEvents.$inferInsert,
): Promise<ReviewEvent> {
  const [inserted] = await db.insert(reviewEvents).values(event).returning()
  if (!inserted) throw new Error('the event of the review was not written')
  return inserted
}

export async function listReviewEvents(db: Db, trialId: string): Promise<ReviewEvent[]> {
  return db
    .select()
    .from(reviewEvents)
    .where(eq(reviewEvents.trialId, trialId))
    .orderBy(asc(reviewEvents.id))
}

/** The state of a trial's review; undefined if nothing has happened in it. */
export async function findTrialReview(db: Db, trialId: string): Promise<TrialReview | undefined> {
  const [review] = await db.select().from(trialReviews).where(eq(trialReviews.trialId, trialId))
  return review
}

/** Whether a trial's record is approved or locked, so that nothing may be added to it. */
export async function isSealed(db: Db, trialId: string): Promise<boolean> {
  const review = await findTrialReview(db, trialId)
  return review !== undefined && review.state !== 'inReview'
}
