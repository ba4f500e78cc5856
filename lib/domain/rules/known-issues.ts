import { type Family, familyOf } from '../device/device'
import {
  acceptedBuild,
  acceptedVersion,
  compareVersions,
  isBuild,
  type OsVersion,
  parseVersion,
  splitVersion,
} from '../device/os-version'
import { radarNumberPattern } from '../radar/radar'
import { type ReadingField, readingFieldNames, readingFields } from '../reading/reading'
import { osFields } from '../reading/reading-order'
import { isNote, noteLength } from '../text/reason'
import type { IssueContent, IssueEffect, IssueSet, KnownIssue } from './rule'
import { ruleSetVersion } from './version-bounds'

export const issueEffectInfo: Record<IssueEffect, string> = {
  block:
    'A device that starts there does not qualify (rule Q5); a lead can waive it for one trial.',
  unknown: 'What the device reports counts as unknown there; a person can enter the value.',
}

/** What can be recorded about an issue. Each record is a new version of the rule set. */
export const issueChangeKinds = ['added', 'changed', 'ended'] as const

/** The OS itself decides where an issue applies, so no issue is about the reading of it. */
export const issueFields: readonly ReadingField[] = readingFieldNames.filter(
  (field) => !osFields.some((os) => os === field),
)

/** A lab that has recorded none. */
export const noIssues: IssueSet = { revision: 0, issues: [] }

/** The version of the rules together with the lab's known issues: "2026-11-6", with the third change "2026-11-6+3". */
export const ruleSetOf = ({ revision }: Pick<IssueSet, 'revision'>): string =>
  revision === 0 ? ruleSetVersion : `${ruleSetVersion}+${revision}`

/** Whether an issue is about this OS; `someBuilds` if only the build can tell. */
function coverage(
  { family, from, to, builds }: IssueContent,
  seen: { family: Family; os: OsVersion },
): 'all' | 'someBuilds' | 'none' {
  const [first, last] = [parseVersion(from), to === undefined ? undefined : parseVersion(to)]
  // What the database let in is a version; were it not, the issue would rather apply than not.
  const before = first !== undefined && compareVersions(seen.os, first) < 0
  const after = last !== undefined && compareVersions(seen.os, last) > 0
  if (family !== seen.family || before || after) return 'none'
  return builds.length === 0 ? 'all' : 'someBuilds'
}

/** "iOS 12.1 to 12.1.2 (16B92, 16B93)" */
export function rangeInWords({ family, from, to, builds }: IssueContent): string {
  const until = to === undefined ? ' and later' : to === from ? '' : ` to ${to}`
  const only = builds.length === 0 ? '' : ` (${builds.join(', ')})`
  return `${family === 'iOS' ? 'iOS and iPadOS' : family} ${from}${until}${only}`
}

/** How it is known, in words. */
export const evidenceInWords = ({ radar, url, trialNumber }: KnownIssue): string =>
  [
    radar && `radar ${radar}`,
    trialNumber !== undefined && `T-${trialNumber}`,
    radar === undefined && trialNumber === undefined && url,
  ]
    .filter(Boolean)
    .join(', ')

const maxFault = 300
const maxBuilds = 20

type IssueProblem = {
  field: 'effect' | 'field' | 'from' | 'to' | 'builds' | 'fault' | 'radar' | 'url' | 'trial'
  reason: string
}

/** What is wrong with the content of an issue, apart from its trial. */
export function issueProblem(issue: IssueContent): IssueProblem | undefined {
  const { effect, field, from, to, builds, fault, radar, url, trialId } = issue
  if (effect === 'unknown' && !issueFields.some((one) => one === field))
    return { field: 'field', reason: 'Choose the reading that is wrong on these versions.' }
  if (effect === 'block' && field !== undefined)
    return { field: 'field', reason: 'An issue that blocks is about no single reading.' }
  if (!isPlain(from)) return { field: 'from', reason: `Enter ${acceptedPlain}.` }
  if (to !== undefined && !isPlain(to))
    return { field: 'to', reason: `Enter ${acceptedPlain}, or nothing if it has no known end.` }
  if (to !== undefined && isAfter(from, to))
    return { field: 'to', reason: `${to} comes before ${from}.` }
  const noBuild = builds.find((build) => !isBuild(build))
  if (noBuild !== undefined)
    return { field: 'builds', reason: `“${noBuild}” is not ${acceptedBuild}.` }
  if (builds.length > maxBuilds)
    return { field: 'builds', reason: `Name at most ${maxBuilds} builds.` }
  if (!isNote(fault)) return { field: 'fault', reason: `Say what is wrong, ${noteLength}.` }
  if (fault.length > maxFault || /[\n\r]/.test(fault))
    return { field: 'fault', reason: `Say what is wrong on one line of ${maxFault} characters.` }
  if (radar !== undefined && !new RegExp(radarNumberPattern).test(radar))
    return { field: 'radar', reason: 'Enter a number such as 45414737, or FB and a number.' }
  if (url !== undefined && !isWebAddress(url))
    return { field: 'url', reason: 'Enter an address that begins with https:// or http://.' }
  if (radar === undefined && url === undefined && trialId === undefined)
    return {
      field: 'radar',
      reason: 'Name the evidence: a radar, a public source, or a trial of this lab.',
    }
  return undefined
}

const acceptedPlain = `${acceptedVersion}, and without a letter`
const isPlain = (text: string) => {
  const split = splitVersion(text)
  return split !== undefined && split.extra === undefined
}

const isAfter = (a: string, b: string) => {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  return left !== undefined && right !== undefined && compareVersions(left, right) > 0
}

/** An address of the public web, at most 500 characters, without a name and a password in it. */
export function isWebAddress(text: string): boolean {
  if (text.length > 500 || !URL.canParse(text)) return false
  const { protocol, username, password } = new URL(text)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === ''
}

/** Which field of a reading an issue is about, in words. */
export const issueFieldLabel = (field: ReadingField): string => readingFields[field].label

/** The issues that are about a device's OS, of one effect. */
export function issuesOn(
  { issues }: IssueSet,
  effect: IssueEffect,
  seen: { platform: Parameters<typeof familyOf>[0]; os: OsVersion },
): { issue: KnownIssue; covers: 'all' | 'someBuilds' }[] {
  const at = { family: familyOf(seen.platform), os: seen.os }
  return issues.flatMap((issue) => {
    const covers = issue.effect === effect ? coverage(issue, at) : 'none'
    return covers === 'none' ? [] : [{ issue, covers }]
  })
}
