import type { Db } from '@/lib/db/client'
import { listTrialEvents, type Trial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import type { DeviationData, DeviationKind } from '@/lib/domain/trial/deviation'
import { nextTrialState } from '@/lib/domain/trial/trial'
import { advanceTrial } from './advance-trial'

type Fact = {
  deviation: Exclude<DeviationKind, 'byHand' | 'observationGap'>
  /** A sentence without its full stop. */
  what: string
  /** The fact it follows from; one deviation is recorded for each. */
  about: string
  data?: Record<string, unknown>
}

/**
 * Records a deviation that follows from the record itself; a person says why, and judges its effect. Nothing is recorded
 * twice, or in a trial that accepts none. The caller has locked the trial, and its review is open.
 */
export async function addDeviation(tx: Db, trial: Trial, fact: Fact, now: Date): Promise<void> {
  const { deviation, what, about, data } = fact
  if (nextTrialState(trial.state, 'deviated') === undefined) return
  const events = await listTrialEvents(tx, trial.id)
  if (events.some((event) => event.kind === 'deviated' && event.data.about === about)) return
  const held: DeviationData = { deviation, what, why: '', effect: 'notJudged', stands: true }
  const step = {
    kind: 'deviated' as const,
    text: `Deviation: ${what}`,
    data: { ...held, ...data, about },
  }
  await advanceTrial(tx, trial, step, systemActor, now)
}
