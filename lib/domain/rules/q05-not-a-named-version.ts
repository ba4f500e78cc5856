import { formatVersion, type OsVersion } from '../device/os-version'
import { allOf, read, readOs, unsettled } from './judging'
import { evidenceInWords, issuesOn, rangeInWords } from './known-issues'
import {
  fail,
  type IssueSet,
  type Judgement,
  type KnownIssue,
  notApplicable,
  pass,
  type Rule,
  type RuleContext,
} from './rule'
import { findNamedVersion, namedVersions } from './version-bounds'

/**
 * Versions with known faults: the shipped list, and what leads of this lab have recorded. A cautious lab policy, not a
 * rule of Apple. On a virtual device it only warns, because such a version may be what is rehearsed, and no device is
 * consumed.
 */
export const notANamedVersion: Rule = {
  id: 'Q5',
  title: 'Starting OS is not one with known faults (lab policy)',
  kind: 'eligibility',
  cites: [...new Set(namedVersions.flatMap(({ cites }) => cites))],
  waiver: {
    reason: 'The list is a precaution of this lab; Apple does not name these versions.',
    // A waiver answers what was known when it was given, not an issue that was recorded later.
    unless: ({ waivers, known }) =>
      waivers?.some(
        ({ ruleId, at }) =>
          ruleId === 'Q5' && at && blocking(known).some(({ since }) => at < since),
      ) ?? false,
  },
  fields: ['osVersion', 'osBuild'],
  facts: ({ device }) => (device.simulated ? [{ label: 'Device', value: 'simulated' }] : []),
  judge(context) {
    const tvOS = context.device.platform === 'tvOS'
    if (tvOS && !blocking(context.known).some(({ family }) => family === 'tvOS'))
      return notApplicable('the list covers iOS and iPadOS only')
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const name = formatVersion(os.value)
    const recorded = judgeIssues(os.value, name, context)
    const shipped = tvOS ? undefined : judgeNamed(name, context)
    const found = [...(shipped ? [shipped] : []), ...recorded]
    return found.length === 0 ? pass(`${name} is not on the list`) : allOf(found)
  },
}

const blocking = ({ issues }: IssueSet): KnownIssue[] =>
  issues.filter(({ effect }) => effect === 'block')

/** By the list that is shipped; undefined if the version is not on it. */
function judgeNamed(name: string, context: RuleContext): Judgement | undefined {
  const named = findNamedVersion(name)
  if (!named) return undefined
  const reason = `iOS ${named.bound} ${named.reason}`
  if (!named.blocks) return pass(`${name} is on the list as a warning only`, reason)
  return blocked(name, reason, context)
}

/** By what leads have recorded. Where only the build can tell, and none is known, it stays unknown. */
function judgeIssues(os: OsVersion, name: string, context: RuleContext): Judgement[] {
  const found = issuesOn(context.known, 'block', { platform: context.device.platform, os })
  return found.flatMap(({ issue, covers }) => {
    if (covers === 'someBuilds') {
      const build = read(context, 'osBuild')
      if (build.status !== 'known') return [unsettled('osBuild', build)]
      if (!issue.builds.includes(build.value)) return []
    }
    const reason = `${rangeInWords(issue)}: ${issue.fault} (K-${issue.number}, ${evidenceInWords(issue)})`
    return [blocked(name, reason, context)]
  })
}

function blocked(name: string, reason: string, { device }: RuleContext): Judgement {
  if (device.simulated)
    return pass(
      `${name} may be rehearsed on a virtual device`,
      `${reason}; a real device would not qualify`,
    )
  return fail(
    reason,
    'Use a device with another starting OS.',
    `${name} has known faults (lab policy)`,
  )
}
