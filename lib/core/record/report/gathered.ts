import type { findTrialEnd } from '@/lib/db/queries/trials/trial-end'
import type { OutcomeDecision } from '@/lib/db/queries/trials/trials'
import type { TrialRecord } from '../read-record'

/** Everything that a report is built from, read in one snapshot. */
export type Gathered = {
  record: TrialRecord
  /** The verdict of the release; without one the last stored; undefined if none was stored. */
  verdict: TrialRecord['verdict']
  /** The oldest first. */
  decisions: OutcomeDecision[]
  end: Awaited<ReturnType<typeof findTrialEnd>>
  /** By fingerprint, the number of replies with a contradiction. */
  times: Map<string, number>
  /** The newest entry of the audit trail. */
  head: { seq: number; hash: string }
  readAt: Date
}

export const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null
