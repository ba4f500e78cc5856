import type { Db } from '@/lib/db/client'
import { findSameVerdict } from '@/lib/db/queries/devices/verdicts'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { commandOf } from '@/lib/domain/trial/arms'
import { withTrial } from '../kernel/advance-trial'
import { hashVerdict, judgeDevice } from '../kernel/judge-device'
import { forbidden, type Refusal, refused } from '../shared/result'
import {
  type CounterSigned,
  findCounterSignature,
  type SecondPerson,
  secondPersonFor,
} from './second-person'
import { planOf, storeVerdict } from './slot-checks'

type Judged = {
  qualification: Qualification
  /** Set where a second person has to counter-sign. */
  second: SecondPerson | undefined
  counterSigned: CounterSigned | undefined
}

export type Previewed = Judged & { status: 'judged'; verdictId: number }
/** For a viewer: nothing is stored, so there is no verdict that a release could name. */
type Looked = Judged & { status: 'looked' }

/**
 * Judges the device for the screen. For an actor who may release it also stores the verdict, which a release or
 * a counter-signature then names.
 */
export async function previewSlot(
  db: Db,
  actor: Actor,
  input: { trialId: string; ordinal: number },
  now: Date,
): Promise<Previewed | Looked | Refusal> {
  const no = forbidden(actor, 'look')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    const plan = await planOf(tx, trial)
    const judgedFor = commandOf(plan, input.ordinal)
    if (!judgedFor) return refused(`the protocol has ${plan.slots.length} command slots`, 'ordinal')
    const judged = await judgeDevice(tx, device, judgedFor, now, {
      trialId: trial.id,
    })
    const { ordinal } = input
    const command = await findSlotCommand(tx, trial.id, ordinal)
    const shown = {
      qualification: judged,
      second: await secondPersonFor(tx, { trial, device, plan, ordinal }, now),
      counterSigned: await findCounterSignature(tx, { trial, ordinal, command, judged }, now),
    }
    if (!mayDo(actor, 'releaseTrial')) return { status: 'looked' as const, ...shown }
    const same = { trialId: trial.id, hash: hashVerdict(judged), staleAt: judged.staleAt }
    const verdictId =
      (await findSameVerdict(tx, same)) ??
      (await storeVerdict(tx, { trial, device, judged, actor }, 'preview'))
    return { status: 'judged' as const, verdictId, ...shown }
  })
}
