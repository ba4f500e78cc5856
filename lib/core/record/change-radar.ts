import type { Db } from '@/lib/db/client'
import {
  findRadarByNumber,
  findTrialsByNumber,
  insertRadarEvent,
  listTrialEvidence,
  lockRadar,
  type Radar,
} from '@/lib/db/queries/radars/radars'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { familyOf } from '@/lib/domain/device/device'
import {
  changeProblem,
  evidenceProblem,
  type FixMechanism,
  fixMechanismWords,
  type RadarChangeKind,
  usualFixMechanism,
} from '@/lib/domain/radar/radar'
import type { SlotMechanism } from '@/lib/domain/trial/mechanism'
import { forbidden, type Refusal, refused } from '../shared/result'
import { by } from './write-radar'

export type ChangeRadar = {
  radarId: string
  kind: RadarChangeKind
  reason: string
  number?: string | undefined
  version?: string | undefined
  /** Of a claimed fix: what a trial that proves it intervenes by; usually what the radar's own trial did. */
  mechanism?: FixMechanism | undefined
  /** Numbers of trials as a person writes them, such as "T-3, T-7". */
  trials: string
}

/**
 * Adds what happened to a radar: what Apple said, or what the lab found out with which trials. "Verified fixed" needs a
 * concluded trial that started at the claimed version or later, by the mechanism that the claim names; the database refuses it as well.
 */
export async function changeRadar(
  db: Db,
  actor: Actor,
  input: ChangeRadar,
  now: Date,
): Promise<{ status: 'changed' } | Refusal> {
  const no = forbidden(actor, 'writeRadar')
  if (no) return no
  const numbers = trialNumbersIn(input.trials)
  if (!numbers)
    return refused('Trials are written as T-3, with commas between them: “T-3, T-7”.', 'trials')
  const reason = input.reason.trim()
  return transact(db, { ...actor, reason }, async (tx) => {
    const radar = await lockRadar(tx, input.radarId)
    if (!radar) return refused('There is no such radar.')
    const named = await trialsOf(tx, radar, numbers)
    if ('status' in named) return named
    const { trialIds } = named
    const change = {
      kind: input.kind,
      reason,
      number: input.number?.trim(),
      version: input.version?.trim(),
      trialIds,
    }
    const problem = changeProblem(radar.state, change)
    if (problem) return refused(problem.reason, problem.field.replace('trialIds', 'trials'))
    const wrong = (await numberProblem(tx, radar, change)) ?? (await wrongTrial(tx, radar, change))
    if (wrong) return wrong
    const proof = change.kind === 'claimedFixed' ? await proofOf(tx, actor, radar, input) : {}
    if ('status' in proof) return proof
    await insertRadarEvent(tx, {
      ...by(actor, now),
      radarId: radar.id,
      kind: change.kind,
      reason,
      trialIds,
      reportNumber: change.kind === 'filed' || change.kind === 'duplicate' ? change.number : null,
      version: change.kind === 'claimedFixed' ? change.version : null,
      mechanism: proof.mechanism ?? null,
    })
    return { status: 'changed' as const }
  })
}

/** What proves a claimed fix; undefined for either mechanism. Only a lead chooses another one than is usual. */
async function proofOf(
  db: Db,
  actor: Actor,
  radar: Radar,
  { mechanism: chosen }: Pick<ChangeRadar, 'mechanism'>,
): Promise<Refusal | { mechanism?: SlotMechanism }> {
  const { trialId } = radar
  const [own] = trialId === null ? [] : await listTrialEvidence(db, [trialId], null)
  const usual = usualFixMechanism(radar, own?.mechanism)
  const mechanism = chosen ?? usual
  if (mechanism !== usual && actor.role !== 'lead')
    return refused(
      `A lead decides that another mechanism proves the fix. Now it is ${fixMechanismWords[usual]}.`,
      'mechanism',
    )
  return mechanism === 'either' ? {} : { mechanism }
}

/** At most as many as fit on a page. */
const maxTrials = 50

/** The numbers in "T-3, 7"; undefined for anything else. */
function trialNumbersIn(text: string): number[] | undefined {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '')
  if (parts.length > maxTrials || !parts.every((part) => /^(T-?)?\d{1,9}$/i.test(part)))
    return undefined
  return [...new Set(parts.map((part) => Number(part.replace(/^T-?/i, ''))))]
}

async function trialsOf(
  tx: Db,
  { simulated, number }: Radar,
  numbers: readonly number[],
): Promise<{ trialIds: string[] } | Refusal> {
  const ids = await findTrialsByNumber(tx, simulated ? 'simulated' : 'real', numbers)
  const missing = numbers.find((one) => !ids.has(one))
  if (missing !== undefined)
    return refused(
      `There is no ${simulated ? 'simulated' : 'real'} trial T-${missing}; R-${number} is ${simulated ? 'simulated' : 'real'}.`,
      'trials',
    )
  return { trialIds: numbers.flatMap((one) => ids.get(one) ?? []) }
}

type Change = { kind: RadarChangeKind; number?: string | undefined; trialIds: readonly string[] }

/** A number belongs to one radar; a radar is no duplicate of itself. */
async function numberProblem(
  tx: Db,
  radar: Radar,
  { kind, number = '' }: Change,
): Promise<Refusal | undefined> {
  if (kind === 'duplicate' && number === radar.filedNumber)
    return refused('That is the number of this radar itself.', 'number')
  if (kind !== 'filed') return undefined
  const other = await findRadarByNumber(tx, radar, number)
  return other && refused(`R-${other.number} has this number already.`, 'number')
}

async function wrongTrial(tx: Db, radar: Radar, { kind, trialIds }: Change) {
  const { simulated, platform, claimedFix, fixMechanism, contradictionId } = radar
  const subject = {
    ...{ simulated, family: familyOf(platform) },
    ...{ claimedFix: claimedFix ?? undefined, fixMechanism: fixMechanism ?? undefined },
  }
  for (const trial of await listTrialEvidence(tx, trialIds, contradictionId)) {
    const reason = evidenceProblem(subject, kind, trial)
    if (reason) return refused(reason, 'trials')
  }
  return undefined
}
