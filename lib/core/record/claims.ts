import { stringify } from 'csv-stringify/sync'
import type { Db } from '@/lib/db/client'
import {
  contentOfClaim,
  hasObservation,
  insertClaimDecision,
  insertClaimVersion,
  listClaimResults,
  listClaimVersions,
  lockClaim,
} from '@/lib/db/queries/claims'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  type ClaimContent,
  type ClaimFinding,
  claimProblem,
  claimRange,
  notAbout,
} from '@/lib/domain/claim/claim'
import type { Environment } from '@/lib/domain/device/device'
import { claimColumns } from '@/lib/domain/export/claim-columns'
import { exportFileName } from '@/lib/domain/export/columns'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { withoutFormula } from '@/lib/domain/text/typed-text'
import { withTrial } from '../kernel/advance-trial'
import { csvForm } from '../shared/csv-form'
import { forbidden, type Refusal, refused } from '../shared/result'

/** `basedOn` is the version that was open in the editor, so that a newer one is not overwritten unseen. */
export type SaveClaim = {
  claimId?: string | undefined
  basedOn?: number | undefined
  content: ClaimContent
}

/** Writes a claim, or its next version. Protocols keep the version they name. */
export async function saveClaim(
  db: Db,
  actor: Actor,
  { claimId, basedOn, content }: SaveClaim,
  now: Date,
): Promise<{ status: 'saved'; claimId: string; version: number } | Refusal> {
  const no = forbidden(actor, 'editClaim')
  if (no) return no
  const claim = trimmed(content)
  const problem = claimProblem(claim)
  if (problem) return refused(problem.reason, problem.field)
  return transact(db, actor, async (tx) => {
    if (claimId !== undefined) {
      const [newest] = await lockClaim(tx, claimId)
      if (!newest) return refused('There is no such claim.')
      if (newest.version !== basedOn)
        return refused(
          `Version ${newest.version} was saved by ${newest.byName} while you edited version ${basedOn ?? 'none'}: open it and carry your changes over.`,
        )
      if (JSON.stringify(trimmed(contentOfClaim(newest))) === JSON.stringify(claim))
        return refused('Nothing has changed.')
    }
    const by = { at: now, byId: actor.id, byName: actor.name }
    const saved = await insertClaimVersion(tx, claimId, claim, by)
    return { status: 'saved' as const, ...saved }
  })
}

/** Without blanks around the texts, and without what does not belong to its check. */
function trimmed(content: ClaimContent): ClaimContent {
  const byReply = content.check === 'reply'
  return {
    statement: content.statement.trim(),
    source: content.source,
    sourceName: content.sourceName.trim(),
    url: content.url.trim(),
    family: content.family,
    from: content.from.trim(),
    to: content.to?.trim() || undefined,
    check: content.check,
    requestType: byReply ? content.requestType : undefined,
    path: byReply ? content.path : undefined,
    howTo: byReply ? '' : content.howTo.trim(),
    mechanism: content.mechanism,
  }
}

export type DecideClaim = {
  trialId: string
  claimVersionId: number
  finding: ClaimFinding
  reason: string
}

/**
 * Records what a concluded trial says about a claim that its protocol named. A later decision replaces it. Where replies
 * decide, nobody does; and what nobody observed neither supports nor contradicts anything.
 */
export async function decideClaim(
  db: Db,
  actor: Actor,
  input: DecideClaim,
  now: Date,
): Promise<{ status: 'decided' } | Refusal> {
  const no = forbidden(actor, 'decideClaim')
  if (no) return no
  const reason = input.reason.trim()
  return withTrial(db, { ...actor, reason }, input.trialId, async (tx, trial) => {
    const results = await listClaimResults(tx, { trialId: trial.id })
    const result = results.find((one) => one.claimVersionId === input.claimVersionId)
    if (!result)
      return refused(
        trial.state === 'concluded'
          ? `The protocol of T-${trial.number} does not name this claim.`
          : `T-${trial.number} is ${trial.state}: claims are decided once it is concluded.`,
      )
    const apart = notAbout(result)
    if (apart !== undefined) return refused(`C-${result.claim} counts nothing of it. ${apart}`)
    if (result.comparedBy === 'reply')
      return refused(`The replies of T-${trial.number} decide about C-${result.claim}.`)
    if (!isReason(reason)) return refused(`Say what shows it, ${reasonLength}.`, 'reason')
    if (reason.length > 1000) return refused('Say it in at most 1,000 characters.', 'reason')
    if (input.finding !== 'notObserved' && !(await hasObservation(tx, trial.id)))
      return refused(
        `Nothing was observed in T-${trial.number}: it did not observe the claim.`,
        'finding',
      )
    await insertClaimDecision(tx, {
      trialId: trial.id,
      claimVersionId: result.claimVersionId,
      finding: input.finding,
      reason,
      at: now,
      ...{ byId: actor.id, byName: actor.name, byRole: 'lead' },
    })
    return { status: 'decided' as const }
  })
}

/** What every concluded trial says about the claims of its protocol, a row for each. */
export async function exportClaims(
  db: Db,
  actor: Actor,
  { environment, bom }: { environment: Environment; bom: boolean },
  now: Date,
): Promise<{ status: 'ready'; fileName: string; body: string } | Refusal> {
  const no = forbidden(actor, 'export')
  if (no) return no
  const [results, versions] = await Promise.all([
    listClaimResults(db, { environment }),
    listClaimVersions(db),
  ])
  const said = new Map(versions.map((row) => [row.id, contentOfClaim(row)]))
  const mark = environment === 'simulated' ? 'SIMULATED' : 'real'
  const rows = results.map((one) => {
    const claim = said.get(one.claimVersionId)
    return [
      ...[`C-${one.claim}`, one.version, withoutFormula(claim?.statement ?? '')],
      ...[withoutFormula(claim?.url ?? ''), claim ? claimRange(claim) : ''],
      ...[`T-${one.trialNumber}`, withoutFormula(one.startOs)],
      ...[String(one.inRange), one.aboutMechanism ?? '', String(one.byItsMechanism)],
      ...[String(one.retreated), one.comparedBy, one.finding ?? ''],
      ...[withoutFormula(one.reason ?? ''), withoutFormula(one.byName ?? ''), mark],
    ]
  })
  const body = stringify(rows, {
    columns: claimColumns.map(({ name }) => name),
    header: true,
    bom,
    ...csvForm,
  })
  return { status: 'ready', fileName: exportFileName('claims', environment, now), body }
}
