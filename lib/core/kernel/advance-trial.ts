import type { Db } from '@/lib/db/client'
import {
  insertTrialEvent,
  type NewTrial,
  type Trial,
  updateTrial,
} from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/actor'
import { nextTrialState, type TrialEventKind } from '@/lib/domain/trial/trial'

type Step = {
  kind: TrialEventKind
  /** What happened, as a sentence for the timeline. */
  text: string
  data?: Record<string, unknown> | undefined
  set?: Omit<Partial<NewTrial>, 'state'> | undefined
}

/**
 * The only way a trial changes: one event in its record and, with it, the state the fold over the
 * record gives. Throws where the event cannot come in that state; services refuse before that.
 */
export async function advanceTrial(
  tx: Db,
  trial: Pick<Trial, 'id' | 'number' | 'state'>,
  step: Step,
  actor: Actor,
  now: Date,
): Promise<Trial | undefined> {
  const state = nextTrialState(trial.state, step.kind)
  if (state === undefined)
    throw new Error(`trial T-${trial.number} is ${trial.state} and cannot be ${step.kind}`)
  const event = {
    trialId: trial.id,
    kind: step.kind,
    at: now,
    byId: actor.id,
    byName: actor.name,
    byRole: actor.role,
    text: step.text,
    data: step.data ?? {},
  }
  // A closed trial takes no writes, so what ends it goes into the record first.
  await insertTrialEvent(tx, event)
  if (state === trial.state && step.set === undefined) return undefined
  return updateTrial(tx, trial.id, { ...step.set, state })
}
