import { listReason, type Overall, qualify } from '../rules/qualify'
import type { Finding, RuleContext } from '../rules/rule'
import { commandOf } from './arms'
import type { ProtocolPlan } from './protocol'

/** How well a device fits a protocol, shown before a trial is drafted. It does not decide a release. */
export type ProtocolFit = {
  overall: Overall
  /** Why it is not qualified, in a few words. */
  reason: string
  /** Whether the device cannot take the protocol's command at all, so that waiting does not help but another protocol. */
  targetMissed: boolean
}

/** The rules that compare the protocol's command or declaration with the device: target, version, key. */
const ofTheTarget = ['Q4', 'Q6', 'Q7', 'Q8', 'Q22', 'Q23']

const weight: Record<Overall, number> = { no: 0, notYet: 1, qualified: 2 }

/** Judges a device for every command slot of a protocol; the worst result counts. */
export function fitProtocol(
  { slots, conditions }: Pick<ProtocolPlan, 'slots' | 'conditions'>,
  device: Omit<RuleContext, 'slot' | 'conditions'>,
): ProtocolFit {
  const judged = slots.flatMap((_, index) => {
    const judgedFor = commandOf({ slots, conditions }, index + 1)
    return judgedFor ? [qualify({ ...device, ...judgedFor })] : []
  })
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
