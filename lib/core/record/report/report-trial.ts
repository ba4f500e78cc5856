import { findAuditHead } from '@/lib/db/audit/page'
import type { Db } from '@/lib/db/client'
import { findVerdict } from '@/lib/db/queries/devices/verdicts'
import { countContradictionsOfTrial } from '@/lib/db/queries/events/contradictions'
import { inOneSnapshot } from '@/lib/db/queries/trials/trial-copy'
import { findTrialEnd } from '@/lib/db/queries/trials/trial-end'
import { findTrial, listOutcomeDecisions } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { uuidForm } from '@/lib/domain/text/typed-text'
import { forbidden, type Refusal } from '../../shared/result'
import { readTrial } from '../read-record'
import { buildReport } from './build-report'
import type { TrialReport } from './report-format'

export type Reported =
  | { status: 'reported'; report: TrialReport }
  | { status: 'absent'; reason: string }
  | Refusal

/** The report of one trial, read at one moment. Looking at it takes no more than looking at the trial. */
export async function reportTrial(
  db: Db,
  actor: Actor,
  { trialId }: { trialId: string },
  now: Date,
): Promise<Reported> {
  const no = forbidden(actor, 'look')
  if (no) return no
  if (!uuidForm.test(trialId)) return absent
  return inOneSnapshot(db, async (then) =>
    (await findTrial(then, trialId))
      ? { status: 'reported', report: await readReport(then, actor, trialId, now) }
      : absent,
  )
}

/** The same for a file that leaves the lab, for the people who may take the complete copy of a trial. */
export async function exportReport(
  db: Db,
  actor: Actor,
  input: { trialId: string },
  now: Date,
): Promise<Reported> {
  const no = forbidden(actor, 'readTrail') ?? forbidden(actor, 'export')
  return no ?? reportTrial(db, actor, input, now)
}

const absent = { status: 'absent', reason: 'There is no such trial.' } as const

/**
 * The report of a trial that exists, within a snapshot.
 * @throws Error for an actor who may not look at it
 */
export async function readReport(
  then: Db,
  actor: Actor,
  trialId: string,
  now: Date,
): Promise<TrialReport> {
  const found = await readTrial(then, actor, { id: trialId, forMany: true }, now)
  if (found.status !== 'shown') throw new Error(`trial ${trialId} cannot be read: ${found.status}`)
  const { record } = found
  const { verdictId } = record.view.trial
  const [released, decisions, end, times, head] = await Promise.all([
    verdictId === null ? undefined : findVerdict(then, verdictId),
    record.withheld ? [] : listOutcomeDecisions(then, trialId),
    findTrialEnd(then, trialId),
    countContradictionsOfTrial(then, trialId),
    findAuditHead(then),
  ])
  const verdict = released ?? record.verdict
  return buildReport({ record, verdict, decisions, end, times, head, readAt: now })
}
