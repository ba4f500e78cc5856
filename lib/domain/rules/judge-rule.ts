import { describeReading } from '../reading/describe-reading'
import {
  type DeviceState,
  isNotApplicable,
  knownValue,
  type ReadingField,
  readingFields,
} from '../reading/reading'
import type { Finding, FindingInput, Rule, RuleContext, Verdict } from './rule'

/** Judges one rule, and returns the fields it read as well. */
export function judgeRule(
  rule: Rule,
  context: RuleContext,
): { finding: Finding; looked: ReadingField[] } {
  const { state, looked } = watched(context.state, rule.fields)
  const judgement = rule.judge({ ...context, state })
  const { platform } = context.device
  const shown = rule.fields.filter((field) => looked.has(field) || isNotApplicable(field, platform))
  const aside = setAside(rule, judgement.verdict, context)
  const finding: Finding = {
    ...judgement,
    ...aside,
    ruleId: rule.id,
    title: rule.title,
    kind: rule.kind,
    warnOnly:
      aside.waived !== undefined || ((rule.warnOnly ?? false) && !rule.blocksWhen?.(context)),
    inputs: [...(rule.facts?.(context) ?? []), ...shown.map((field) => inputOf(field, context))],
    cites: rule.cites,
  }
  return { finding, looked: [...looked] }
}

/** Whether a lead may waive this finding for the trial, or has done so. Only a fail can be waived; an unknown never passes. */
function setAside(
  rule: Rule,
  verdict: Verdict,
  context: RuleContext,
): Pick<Finding, 'waivable' | 'waived'> {
  if (verdict !== 'fail' || !rule.waiver || rule.waiver.unless?.(context)) return {}
  const waiver = context.waivers?.find(({ ruleId }) => ruleId === rule.id)
  return waiver
    ? { waived: { by: waiver.by, reason: waiver.reason } }
    : { waivable: rule.waiver.reason }
}

/** The state with only the fields of one rule. Each access is recorded, so that no input is missing in the finding. */
function watched(state: DeviceState, fields: readonly ReadingField[]) {
  const looked = new Set<ReadingField>()
  const view: DeviceState = {}
  for (const field of fields) {
    Object.defineProperty(view, field, {
      enumerable: true,
      get() {
        looked.add(field)
        return state[field]
      },
    })
  }
  return { state: view, looked }
}

/** A reading as the rule saw it, in words. */
function inputOf(field: ReadingField, context: RuleContext): FindingInput {
  const { state, device, settings, now } = context
  const known = knownValue(state, field, device.platform, settings.maxAges, now)
  const { label } = readingFields[field]
  if (known.status === 'notApplicable')
    return { label, field, value: 'not applicable', note: known.reason }
  const reading = state[field]
  const from = {
    source: reading?.source,
    answeredAt: reading?.answeredAt.toISOString(),
    by: reading?.by,
  }
  if (known.status === 'known')
    return { label, field, value: describeReading(field, known.value, reading?.source), ...from }
  const last =
    reading?.value === undefined
      ? ''
      : `; the last value was ${describeReading(field, reading.value, reading.source)}`
  return { label, field, value: 'unknown', note: `${known.reason}${last}`, ...from }
}
