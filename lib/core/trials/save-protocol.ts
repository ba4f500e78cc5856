import type { Db } from '@/lib/db/client'
import { findMissingClaim } from '@/lib/db/queries/claims'
import {
  insertProtocol,
  insertProtocolVersion,
  listProtocolVersions,
  lockProtocol,
} from '@/lib/db/queries/trials/protocols'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { claimName } from '@/lib/domain/claim/claim'
import { changedArm } from '@/lib/domain/trial/arm-rules'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { planProblems } from '@/lib/domain/trial/protocol-rules'
import { forbidden, type Refusal, refused } from '../shared/result'

/** `basedOn` is the version that was open in the editor, so that a newer one is not overwritten unseen. */
export type SaveProtocol = {
  protocolId?: string | undefined
  basedOn?: number | undefined
  plan: ProtocolPlan
}

/** Saves a new protocol, or the next version of one. Trials stay on the version they began with. */
export async function saveProtocol(
  db: Db,
  actor: Actor,
  input: SaveProtocol,
  now: Date,
): Promise<{ status: 'saved'; protocolId: string; versionId: string; version: number } | Refusal> {
  const no = forbidden(actor, 'editProtocol')
  if (no) return no
  const [problem] = planProblems(input.plan)
  if (problem) return refused(problem.reason, problem.field)
  return transact(db, actor, async (tx) => {
    const protocolId = input.protocolId ?? (await insertProtocol(tx, actor.name, now))
    if (!(await lockProtocol(tx, protocolId))) return refused('there is no such protocol')
    const earlier = await listProtocolVersions(tx, protocolId)
    const [newest] = earlier
    if (newest && newest.version !== input.basedOn)
      return refused(
        `version ${newest.version} was saved by ${newest.createdBy} while you edited version ${input.basedOn ?? 'none'}: open it and carry your changes over`,
      )
    const changed = changedArm(input.plan, earlier)
    if (changed) return refused(changed.reason, changed.field)
    const claim = await findMissingClaim(tx, input.plan.claims ?? [])
    if (claim) return refused(`There is no ${claimName(claim)}.`, 'claims')
    const version = (newest?.version ?? 0) + 1
    const saved = await insertProtocolVersion(tx, {
      protocolId,
      version,
      plan: input.plan,
      by: actor,
      now,
    })
    return { status: 'saved' as const, protocolId, versionId: saved.id, version }
  })
}
