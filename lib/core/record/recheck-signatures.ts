import type { Db } from '@/lib/db/client'
import { listTrialsToCheck, putSignatureChecks } from '@/lib/db/queries/trials/signatures'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { checkSignatures } from '../kernel/sign'
import { forbidden, type Refusal } from '../shared/result'

/** Trials that one export waits for; for the others the file has the time of their last check. */
const max = 200

/**
 * Checks the signatures of the trials in an export before it begins, those checked longest ago first, so that the file
 * shows for each whether its record is still what was signed.
 */
export async function recheckSignatures(
  db: Db,
  actor: Actor,
  query: { environment: Environment; filter: TrialFilter },
  now: Date,
): Promise<{ status: 'checked'; trials: number } | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const trials = await listTrialsToCheck(db, { ...query, limit: max })
  for (const trialId of trials) {
    const checks = (await checkSignatures(db, trialId)).map(({ id, differences }) => ({
      signatureId: id,
      checkedAt: now,
      differences,
    }))
    await transact(db, actor, (tx) => putSignatureChecks(tx, checks))
  }
  return { status: 'checked', trials: trials.length }
}
