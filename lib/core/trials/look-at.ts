import type { Db } from '@/lib/db/client'
import type { DeviceRow } from '@/lib/db/queries/devices/device-facts'
import type { Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/actor'
import type { OutcomeProposal } from '@/lib/domain/outcome/outcome-evidence'
import type { Qualification } from '@/lib/domain/rules/qualify'
import { judgeDevice, plainPlan } from '../kernel/judge-device'
import { type CheckedSignature, checkSignatures } from '../kernel/sign'
import { mustMay } from '../shared/result'
import { proposeForTrial } from './conclude-trial'

/** How the device stands now against every rule, for the plain command; nothing is stored. */
export async function lookAtDevice(
  db: Db,
  actor: Actor,
  device: DeviceRow,
  now: Date,
): Promise<Qualification> {
  mustMay(actor, 'look')
  return judgeDevice(db, device, plainPlan, now)
}

/** Who signed what of a trial, each held against the record as it is now. */
export async function lookAtSignatures(
  db: Db,
  actor: Actor,
  trial: Trial,
): Promise<CheckedSignature[]> {
  mustMay(actor, 'look')
  return checkSignatures(db, trial.id)
}

/** The outcome the record of a trial proposes now; undefined while nothing has been sent. */
export async function lookAtProposal(
  db: Db,
  actor: Actor,
  trial: Trial,
  now: Date,
): Promise<OutcomeProposal | undefined> {
  mustMay(actor, 'look')
  return proposeForTrial(db, trial, now)
}
