import { platformOf } from '../device/device'
import { goesStaleAt, type ReadingField } from '../reading/reading'
import { withoutActivityBefore, withoutKnownWrong } from '../reading/unreliable-readings'
import { judgeRule } from './judge-rule'
import type { Finding, Rule, RuleContext, Verdict } from './rule'
import { rules } from './rules'
import { ruleSetVersion } from './version-bounds'

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

/** `qualify` by another list of rules. */
export function qualifyBy(ruleSet: readonly Rule[], of: RuleContext): Qualification {
  const context = asRunning(of)
  const relied = new Set<ReadingField>()
  const looked = new Set<ReadingField>()
  const findings = ruleSet.map((rule) => {
    const judged = judgeRule(rule, { ...context, relied: [...relied] })
    for (const field of judged.looked) {
      looked.add(field)
      if (!judged.finding.warnOnly) relied.add(field)
    }
    return judged.finding
  })
  return {
    overall: combine(findings),
    findings,
    warnings: findings.flatMap(warningsOf),
    ruleSetVersion,
    judgedAt: context.now,
    staleAt: earliestStale([...looked], context),
  }
}

/**
 * The rules go by the platform the device runs, as an iPad below iPadOS 13.1 runs iOS, whatever the inventory
 * says; and a reading that is known to be wrong on its version, and an update activity from before the last command, are
 * unknown to all of them.
 */
function asRunning({ device, ...context }: RuleContext): RuleContext {
  const osVersion = context.state.osVersion?.value
  const platform = platformOf({ ...device, osVersion }, device.platform)
  const state = withoutActivityBefore(withoutKnownWrong(context.state), device.lastCommandAt)
  return { ...context, state, device: { ...device, platform } }
}

const warningsOf = (finding: Finding) => {
  const { ruleId, title, verdict, reason, warning, warnOnly, waived } = finding
  const short = waived ? `${reason}; ${waivedWords(waived)}` : reason
  const texts = [warning, warnOnly && isShort(verdict) ? short : undefined]
  return texts.flatMap((text) => (text === undefined ? [] : [{ ruleId, title, text }]))
}

/** Said wherever a finding is shown that a lead has set aside. */
export const waivedWords = ({ by, reason }: { by: string; reason: string }): string =>
  `waived by ${by}, reason: ${reason}`

const isShort = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'unknown'

/** The last contact counts like a reading: Q1 rests on it. */
function earliestStale(looked: readonly ReadingField[], context: RuleContext): Date | undefined {
  const { state, device, settings, now } = context
  const times = looked.flatMap((field) => {
    const reading = state[field]
    return reading?.value === undefined ? [] : [goesStaleAt(reading, settings.maxAges).getTime()]
  })
  if (device.lastSeenAt)
    times.push(device.lastSeenAt.getTime() + settings.maxUnseenHours * 3_600_000)
  const ahead = times.filter((time) => time > now.getTime())
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead))
}

/** What a verdict says, without ages and wording: two of them are the same judgement when this is the same. */
export type ComparableVerdict = {
  ruleSetVersion: string
  overall: Overall
  findings: {
    ruleId: string
    verdict: Verdict
    inputs: [label: string, value: string][]
    /** Only where it was set aside, so that verdicts of before there were waivers keep their hash. */
    waived?: string
  }[]
}

type Judged = Pick<Qualification, 'ruleSetVersion' | 'overall' | 'findings'>

/** Built in a fixed order, so that its JSON can be hashed as it is. */
export function comparableVerdict(judged: Judged): ComparableVerdict {
  return {
    ruleSetVersion: judged.ruleSetVersion,
    overall: judged.overall,
    findings: judged.findings.map(({ ruleId, verdict, inputs, waived }) => ({
      ruleId,
      verdict,
      inputs: inputs.map(({ label, value }) => [label, value]),
      ...(waived && { waived: waivedWords(waived) }),
    })),
  }
}

/** What changed from one verdict to another, in words; empty exactly where their comparable forms are the same. */
export function differences(before: Judged, after: Judged): string[] {
  const changed: string[] = []
  if (before.ruleSetVersion !== after.ruleSetVersion)
    changed.push(`Rule set: ${before.ruleSetVersion} → ${after.ruleSetVersion}`)
  const ids = new Set([...before.findings, ...after.findings].map(({ ruleId }) => ruleId))
  const pairs = [...ids].map((id) => ({
    was: before.findings.find(({ ruleId }) => ruleId === id),
    is: after.findings.find(({ ruleId }) => ruleId === id),
  }))
  changed.push(...pairs.flatMap(({ was, is }) => inputChanges(was, is)))
  changed.push(...pairs.flatMap(({ was, is }) => verdictChange(was, is)))
  changed.push(...pairs.flatMap(({ was, is }) => waiverChange(was, is)))
  if (before.overall !== after.overall)
    changed.push(`Overall: ${overallWords[before.overall]} → ${overallWords[after.overall]}`)
  // Several rules read the same field; one line says it.
  return [...new Set(changed)]
}

const overallWords: Record<Overall, string> = {
  qualified: 'qualified',
  notYet: 'incomplete',
  no: 'not qualified',
}

const verdictWords: Record<Verdict, string> = {
  pass: 'pass',
  fail: 'fail',
  unknown: 'unknown',
  notApplicable: 'not applicable',
}

function verdictChange(was: Finding | undefined, is: Finding | undefined): string[] {
  const named = is ?? was
  if (!named || was?.verdict === is?.verdict) return []
  const [from, to] = [was, is].map((one) => (one ? verdictWords[one.verdict] : 'not judged'))
  const reason = is ? `: ${is.reason}` : ''
  return [`${named.ruleId} ${named.title}: ${from} → ${to}${reason}`]
}

function waiverChange(was: Finding | undefined, is: Finding | undefined): string[] {
  const named = is ?? was
  const [from, to] = [was, is].map((one) => (one?.waived ? waivedWords(one.waived) : 'not waived'))
  return !named || from === to ? [] : [`${named.ruleId} ${named.title}: ${from} → ${to}`]
}

function inputChanges(was: Finding | undefined, is: Finding | undefined): string[] {
  const labels = new Set([...(was?.inputs ?? []), ...(is?.inputs ?? [])].map(({ label }) => label))
  return [...labels].flatMap((label) => {
    const [from, to] = [was, is].map(
      (one) => one?.inputs.find((input) => input.label === label)?.value ?? 'not looked at',
    )
    return from === to ? [] : [`${label}: ${from} → ${to}`]
  })
}

/**
 * Why a device does not qualify, as a list shows it: one sentence of what is the case. A rule's title says
 * what is asked for and reads as the opposite beside a "no".
 */
export function listReason({ brief, reason }: Pick<Finding, 'brief' | 'reason'>): string {
  const words = brief ?? reason
  return words.charAt(0).toUpperCase() + words.slice(1)
}
