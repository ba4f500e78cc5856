import { describeReading } from './describe-reading'
import {
  type DeviceState,
  goesStaleAt,
  isNotApplicable,
  knownValue,
  type ReadingField,
  readingFieldNames,
  readingFields,
} from './reading'
import type { Finding, FindingInput, Rule, RuleContext, Verdict } from './rule'
import { rules } from './rules/rules'
import { ruleSetVersion } from './rules/version-bounds'

export type Overall = 'qualified' | 'notYet' | 'no'

export type QualificationWarning = { ruleId: string; title: string; text: string }

/** A verdict to be stored whole and never recomputed in place. */
export type Qualification = {
  overall: Overall
  findings: Finding[]
  warnings: QualificationWarning[]
  ruleSetVersion: string
  judgedAt: Date
  /** When the first reading it rests on goes stale; undefined where nothing it knows can. */
  staleAt?: Date | undefined
}

/** Any fail → no; else any unknown → not yet; else qualified. What only warns has no say; nothing judged is not yet. */
export function combine(findings: readonly Pick<Finding, 'verdict' | 'warnOnly'>[]): Overall {
  const verdicts = findings.filter(({ warnOnly }) => !warnOnly).map(({ verdict }) => verdict)
  if (verdicts.includes('fail')) return 'no'
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'notYet' : 'qualified'
}

/** Judges a device for one command slot by every rule, in order. Pure: the same context gives the same verdict. */
export function qualify(context: RuleContext): Qualification {
  return qualifyBy(rules, context)
}

/** `qualify` by another list of rules; for tests and for showing a single rule. */
export function qualifyBy(ruleSet: readonly Rule[], context: RuleContext): Qualification {
  const relied = new Set<ReadingField>()
  const looked = new Set<ReadingField>()
  const findings: Finding[] = []
  for (const rule of ruleSet) {
    const { finding, seen } = findingOf(rule, { ...context, relied: [...relied] })
    findings.push(finding)
    for (const field of seen) {
      looked.add(field)
      if (!finding.warnOnly) relied.add(field)
    }
  }
  return {
    overall: combine(findings),
    findings,
    warnings: findings.flatMap(warningsOf),
    ruleSetVersion,
    judgedAt: context.now,
    staleAt: earliestStale([...looked], context),
  }
}

function findingOf(rule: Rule, context: RuleContext): { finding: Finding; seen: ReadingField[] } {
  const { state, seen } = watched(context.state, rule.fields)
  const judgement = rule.judge({ ...context, state })
  const { platform } = context.device
  const shown = rule.fields.filter((field) => seen.has(field) || isNotApplicable(field, platform))
  const finding: Finding = {
    ...judgement,
    ruleId: rule.id,
    title: rule.title,
    kind: rule.kind,
    warnOnly: (rule.warnOnly ?? false) && !rule.blocksWhen?.(context),
    inputs: [...(rule.facts?.(context) ?? []), ...shown.map((field) => inputOf(field, context))],
    cites: rule.cites,
  }
  return { finding, seen: [...seen] }
}

/** The state as one rule may see it: its own fields only, each look noted, so that inputs cannot be forgotten. */
function watched(state: DeviceState, fields: readonly ReadingField[]) {
  const seen = new Set<ReadingField>()
  const view: DeviceState = {}
  for (const field of fields) {
    Object.defineProperty(view, field, {
      enumerable: true,
      get() {
        seen.add(field)
        return state[field]
      },
    })
  }
  return { state: view, seen }
}

function inputOf(field: ReadingField, context: RuleContext): FindingInput {
  const { state, device, settings, now } = context
  const known = knownValue(state, field, device.platform, settings.maxAges, now)
  const { label } = readingFields[field]
  if (known.status === 'notApplicable')
    return { label, field, value: 'not applicable', note: known.because }
  const reading = state[field]
  const from = {
    source: reading?.source,
    answeredAt: reading?.answeredAt.toISOString(),
    by: reading?.by,
  }
  if (known.status === 'known')
    return { label, field, value: describeReading(field, known.value), ...from }
  const last =
    reading?.value === undefined ? '' : `; it said ${describeReading(field, reading.value)}`
  return { label, field, value: 'unknown', note: `${known.because}${last}`, ...from }
}

const warningsOf = ({ ruleId, title, verdict, because, warning, warnOnly }: Finding) => {
  const texts = [warning, warnOnly && isShort(verdict) ? because : undefined]
  return texts.flatMap((text) => (text === undefined ? [] : [{ ruleId, title, text }]))
}

const isShort = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'unknown'

/** Counts the silence of the device itself as a reading too: Q1 rests on when it was last seen. */
function earliestStale(looked: readonly ReadingField[], context: RuleContext): Date | undefined {
  const { state, device, settings, now } = context
  const times = readingFieldNames
    .filter((field) => looked.includes(field))
    .flatMap((field) => {
      const reading = state[field]
      return reading?.value === undefined ? [] : [goesStaleAt(reading, settings.maxAges).getTime()]
    })
  if (device.lastSeenAt)
    times.push(device.lastSeenAt.getTime() + settings.maxUnseenHours * 3_600_000)
  const ahead = times.filter((time) => time > now.getTime())
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead))
}
