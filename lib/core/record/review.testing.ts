import type { Db } from '@/lib/db/client'
import { insertProof } from '@/lib/db/queries/trials/signatures'
import type { Actor } from '@/lib/domain/account/permissions'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { later, must } from '../testing/people'
import { approveTrial, lockTrial, unlockTrial } from './seal-trial'

/** People who did not contribute to the trials of `concludedTrial`. */
export const peer: Actor = { id: 'e2', name: 'Pat', role: 'engineer' }
export const reviewer: Actor = { id: 'l2', name: 'Rae', role: 'lead' }
export const closer: Actor = { id: 'l3', name: 'Kim', role: 'lead' }

/** For tests: a proof as if this person had just entered their password for this act on this trial. */
export const proofOf = (db: Db, actor: Actor, act: SignatureAct, trialId: string, at: Date) =>
  insertProof(db, { byId: actor.id, method: 'password', act, subjectId: trialId, at })

export async function approve(db: Db, trialId: string, actor = reviewer, at = later(2000)) {
  const proofId = await proofOf(db, actor, 'approve', trialId, at)
  return approveTrial(db, actor, { trialId, proofId }, at)
}

export async function lock(db: Db, trialId: string, actor = closer, at = later(2100)) {
  const proofId = await proofOf(db, actor, 'lock', trialId, at)
  return lockTrial(db, actor, { trialId, proofId }, at)
}

export const reason = 'the wrong serial was noted'

export async function unlock(db: Db, trialId: string, actor = closer, at = later(2200)) {
  const proofId = await proofOf(db, actor, 'unlock', trialId, at)
  return unlockTrial(db, actor, { trialId, proofId, reason }, at)
}

/** For tests: takes a concluded trial as far as the lock. */
export async function approvedAndLocked(db: Db, trialId: string): Promise<void> {
  must(await approve(db, trialId), 'sealed')
  must(await lock(db, trialId), 'sealed')
}
