import { listReason, type Overall, qualify } from '../rules/qualify'
import type { Finding, RuleContext } from '../rules/rule'
import type { ProtocolPlan } from './protocol'

/** How a device stands for one protocol: what is asked before a trial is drafted, and not what releases it. */
export type ProtocolFit = {
  overall: Overall
  /** Why it is not qualified, in a few words; what it is judged for where it is. */
  reason: string
  /** What the protocol commands cannot be met by this device as it stands: another protocol is needed, not patience. */
  targetMissed: boolean
}

/** The rules that hold a protocol's own command against the device: target, version, key. */
const ofTheTarget = ['Q4', 'Q6', 'Q7', 'Q8']

const weight: Record<Overall, number> = { no: 0, notYet: 1, qualified: 2 }

/** Judges a device by every command slot of a protocol; the worst of them counts. */
export function fitProtocol(
  { slots, conditions }: Pick<ProtocolPlan, 'slots' | 'conditions'>,
  device: Omit<RuleContext, 'slot' | 'conditions'>,
): ProtocolFit {
  const judged = slots.map((slot) => qualify({ ...device, slot, conditions }))
  const [worst] = judged.toSorted((a, b) => weight[a.overall] - weight[b.overall])
  const missed = judged.flatMap(({ findings }) => findings.filter(missesTarget))
  const blocking = worst?.findings.filter(({ warnOnly }) => !warnOnly) ?? []
  const first =
    missed[0] ??
    blocking.find(({ verdict }) => verdict === 'fail') ??
    blocking.find(({ verdict }) => verdict === 'unknown')
  return {
    overall: worst?.overall ?? 'notYet',
    reason: first ? listReason(first) : 'Every rule passes for this protocol',
    targetMissed: missed.length > 0,
  }
}

const missesTarget = ({ ruleId, verdict }: Finding) =>
  verdict === 'fail' && ofTheTarget.includes(ruleId)
