import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { trials } from '@/lib/db/schema/schema'
import type { EndState } from '@/lib/domain/outcome/outcome'

/** The OS last read on a device between the first command of a trial and its end. */
export type TrialEnd = {
  /** Null if nothing was sent. */
  state: EndState | null
  os: string | null
  build: string | null
  /** Whether the outcome of the trial differs from what `state` shows; null without an outcome. */
  against: boolean | null
}

/** The end of each trial, as a column of a query over `trials`; evaluated for the rows of the result only. */
export const endOfTrial: SQL<TrialEnd> = sql`(
  select jsonb_build_object('state', e.state, 'os', e.os, 'build', e.build,
    'against', outcome_against_end(${trials.outcome}, e.state))
  from trial_end e where e.trial = ${trials.id})`

/** The present end state of one trial; undefined if there is no such trial. */
export async function findTrialEnd(
  db: Db,
  trialId: string,
): Promise<(Omit<TrialEnd, 'against'> & { lastSeenAt: Date | null }) | undefined> {
  const [row] = await db.execute<{
    state: EndState | null
    os: string | null
    build: string | null
    at: string | null
  }>(sql`select state, os, build, last_seen_at as at from trial_end where trial = ${trialId}`)
  if (!row) return undefined
  const { at, ...end } = row
  // The driver gives times of raw SQL as text.
  return { ...end, lastSeenAt: at === null ? null : new Date(at) }
}
