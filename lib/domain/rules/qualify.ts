import { platformOf } from '../device/device'
import { isHeld } from '../device/hold'
import { goesStaleAt, type ReadingField } from '../reading/reading'
import {
  withoutActivityBefore,
  withoutDeclarationBefore,
  withoutKnownWrong,
} from '../reading/unreliable-readings'
import { isDeclaration } from '../trial/mechanism'
import { judgeRule } from './judge-rule'
import { ruleSetOf } from './known-issues'
import { endOfBand } from './q21-time-of-day'
import type { Finding, Rule, RuleContext, Verdict } from './rule'
import { rules } from './rules'

export type Overall = 'qualified' | 'notYet' | 'no'

export type QualificationWarning = { ruleId: string; title: string; text: string }

/** A complete verdict; it is stored and never recomputed. */
export type Qualification = {
  overall: Overall
  findings: Finding[]
  warnings: QualificationWarning[]
  ruleSetVersion: string
  judgedAt: Date
  /** When the first reading it rests on becomes stale; undefined if none can. */
  staleAt?: Date | undefined
}

/** Any fail → no; else any unknown → not yet; else qualified. Warnings do not count; without any finding it is not yet. */
export function combine(findings: readonly Pick<Finding, 'verdict' | 'warnOnly'>[]): Overall {
  const verdicts = findings.filter(({ warnOnly }) => !warnOnly).map(({ verdict }) => verdict)
  if (verdicts.includes('fail')) return 'no'
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'notYet' : 'qualified'
}

/** Judges a device for one slot by every rule of its mechanism, in order. Pure: the same context gives the same verdict. */
export function qualify(context: RuleContext): Qualification {
  return qualifyBy(rules, context)
}

/** `qualify` with another list of rules. */
export function qualifyBy(ruleSet: readonly Rule[], of: RuleContext): Qualification {
  const context = asRunning(of)
  const relied = new Set<ReadingField>()
  const looked = new Set<ReadingField>()
  const mechanism = isDeclaration(context.slot) ? 'declaration' : 'command'
  const judging = ruleSet.filter((rule) => (rule.mechanism ?? mechanism) === mechanism)
  const findings = judging.map((rule) => {
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
    ruleSetVersion: ruleSetOf(context.known),
    judgedAt: context.now,
    staleAt: earliestStale([...looked], context),
  }
}

/**
 * Prepares the context for all rules: the platform is the one the device runs, because an iPad below iPadOS 13.1 runs
 * iOS whatever the inventory says. Readings known to be wrong on their OS version, and an update activity from before
 * the last command, and no active declaration from before this lab's last one, are unknown.
 */
function asRunning({ device, ...context }: RuleContext): RuleContext {
  const osVersion = context.state.osVersion?.value
  const platform = platformOf({ ...device, osVersion }, device.platform)
  const reliable = withoutKnownWrong(context.state, { platform, known: context.known })
  const active = withoutDeclarationBefore(reliable, device.lastDeclarationAt)
  const state = withoutActivityBefore(active, device.lastCommandAt)
  return { ...context, state, device: { ...device, platform } }
}

const warningsOf = (finding: Finding) => {
  const { ruleId, title, verdict, reason, warning, warnOnly, waived } = finding
  const short = waived ? `${reason}; ${waivedWords(waived)}` : reason
  const texts = [warning, warnOnly && isShort(verdict) ? short : undefined]
  return texts.flatMap((text) => (text === undefined ? [] : [{ ruleId, title, text }]))
}

/** Shown wherever a waived finding is shown. */
export const waivedWords = ({ by, reason }: { by: string; reason: string }): string =>
  `waived by ${by}, reason: ${reason}`

const isShort = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'unknown'

/** The last contact becomes stale like a reading, as Q1 rests on it; so does a reservation with its end (Q20) and a time of day (Q21). */
function earliestStale(looked: readonly ReadingField[], context: RuleContext): Date | undefined {
  const { state, device, settings, now } = context
  const times = looked.flatMap((field) => {
    const reading = state[field]
    return reading?.value === undefined ? [] : [goesStaleAt(reading, settings.maxAges).getTime()]
  })
  if (device.lastSeenAt)
    times.push(device.lastSeenAt.getTime() + settings.maxUnseenHours * 3_600_000)
  if (device.holdUntil && isHeld(device, now)) times.push(device.holdUntil.getTime())
  if (context.conditions.hour !== undefined) times.push(endOfBand(now).getTime())
  const ahead = times.filter((time) => time > now.getTime())
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead))
}

/** A verdict without ages and wording: if two are equal, the judgement is the same. */
export type ComparableVerdict = {
  ruleSetVersion: string
  overall: Overall
  findings: {
    ruleId: string
    verdict: Verdict
    inputs: [label: string, value: string][]
    /** Present only if waived, so that older verdicts keep their hash. */
    waived?: string
  }[]
}

type Judged = Pick<Qualification, 'ruleSetVersion' | 'overall' | 'findings'>

/** Built in a fixed order, so that its JSON can be hashed. */
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

/** What changed between two verdicts, in words; empty if and only if their comparable forms are equal. */
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
  // Several rules may read the same field; its change is named once.
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
 * Why a device does not qualify, in one sentence for a list. Not the rule's title, which says what is required and reads
 * as the opposite next to a "no".
 */
export function listReason({ brief, reason }: Pick<Finding, 'brief' | 'reason'>): string {
  const words = brief ?? reason
  return words.charAt(0).toUpperCase() + words.slice(1)
}
