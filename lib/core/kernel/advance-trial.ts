import type { Db } from '@/lib/db/client'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  findTrial,
  insertTrialEvent,
  lockTrial,
  type NewTrial,
  type Trial,
  updateTrial,
} from '@/lib/db/queries/trials/trials'
import { type Doer, transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { nextTrialState, type TrialEventKind } from '@/lib/domain/trial/trial'
import { type Refusal, refused } from '../shared/result'

type Step = {
  kind: TrialEventKind
  /** What happened, as a sentence for the timeline. */
  text: string
  data?: Record<string, unknown> | undefined
  set?: Omit<Partial<NewTrial>, 'state'> | undefined
}

/**
 * The only way to change a trial: it adds one event to the record and sets the state that follows from the record.
 * @returns the changed trial; undefined if only the event was added
 * @throws Error if the event is not possible in the trial's state; services refuse before that
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
  // A closed trial accepts no more writes, so the event that closes it is written first.
  await insertTrialEvent(tx, event)
  if (state === trial.state && step.set === undefined) return undefined
  return updateTrial(tx, trial.id, { ...step.set, state })
}

/** Runs a step on the locked device and trial. They are always locked in this order, so that no two steps deadlock. */
export async function withTrial<T>(
  db: Db,
  actor: Doer,
  trialId: string,
  step: (tx: Db, trial: Trial, device: DeviceRow) => Promise<T | Refusal>,
): Promise<T | Refusal> {
  return transact(db, actor, async (tx) => {
    const found = await findTrial(tx, trialId)
    if (!found) return refused('there is no such trial', 'trialId')
    const device = await lockDeviceRow(tx, found.deviceId)
    const trial = await lockTrial(tx, trialId)
    if (!device || !trial) throw new Error(`trial ${trialId} lost its row`)
    return step(tx, trial, device)
  })
}
