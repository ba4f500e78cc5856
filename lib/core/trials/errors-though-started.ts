import type { Db } from '@/lib/db/client'
import {
  insertStanding,
  listErrorsThoughStarted,
} from '@/lib/db/queries/events/contradiction-standings'
import { insertContradictionsOfTrial } from '@/lib/db/queries/events/contradictions'
import type { Trial } from '@/lib/db/queries/trials/trials'
import { errorsThoughStarted } from '@/lib/domain/contradiction/error-though-started'
import { fingerprintOf } from '@/lib/domain/contradiction/finding'
import { gatherEvidence } from './trial-evidence'

/**
 * Brings "Error though it started" in line with the evidence of a trial: what no longer follows from it is withdrawn, what
 * follows again stands again, and once the trial is concluded what is new is added. No single reply shows these, so they
 * rest on observations, and an observation can be corrected after the conclusion.
 */
export async function settleErrorsThoughStarted(
  tx: Db,
  trial: Trial,
  now: Date,
  { concluded }: { concluded: boolean },
): Promise<void> {
  const stored = await listErrorsThoughStarted(tx, trial.id)
  if (!concluded && stored.length === 0) return
  const found = errorsThoughStarted(await gatherEvidence(tx, trial, now))
  for (const { id, rawEventId, stands, reason } of stored) {
    const still = found.find(({ event }) => event === rawEventId)
    const same = still ? stands && still.reason === reason : !stands
    if (same) continue
    await insertStanding(tx, {
      ...{ contradictionId: id, trialId: trial.id, at: now },
      ...{ stands: still !== undefined, reason: still?.reason ?? '' },
    })
  }
  if (!concluded) return
  const rows = found.map(({ cites, reported, ...finding }) => ({
    ...finding,
    cites: [...cites],
    reported: [...reported],
    fingerprint: fingerprintOf('ScheduleOSUpdate', finding),
  }))
  await insertContradictionsOfTrial(tx, rows, now)
}
