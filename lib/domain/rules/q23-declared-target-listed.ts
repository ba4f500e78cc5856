import type { Target } from '../catalogue/targets'
import { compareVersions, formatVersion, type OsVersion, parseVersion } from '../device/os-version'
import { describeOffer } from '../reading/describe-reading'
import { isDeclaration } from '../trial/mechanism'
import { findOffered } from '../trial/offered-target'
import type { DeclarationSlotPlan } from '../trial/protocol'
import { read, readOs, slotInput, unsettled } from './judging'
import {
  fail,
  type Judgement,
  notApplicable,
  pass,
  type Rule,
  type RuleContext,
  unknown,
} from './rule'
import { deployByDeclaration, enforcementPhases } from './sources'
import { isRemoved } from './version-bounds'

/** Apple asks to read its list at most once a day and to remove declarations of what it no longer lists: older says nothing of today. */
const maxListDays = 7

/**
 * A device stays silent about a target that is not offered to it. That it is offered is shown by the device itself
 * (AvailableOSUpdates, until 26) or by Apple's list for management, by model and not ended. The device offers only the
 * newest, so one that it does not name may still be listed.
 */
export const declaredTargetListed: Rule = {
  id: 'Q23',
  title: 'The declared target is newer, offered to this model, and still listed',
  kind: 'eligibility',
  mechanism: 'declaration',
  cites: [enforcementPhases, deployByDeclaration],
  fields: ['osVersion', 'availableUpdates'],
  facts: (context) => [...slotInput(context), { label: "Apple's list", value: listWords(context) }],
  judge(context) {
    const { slot } = context
    if (!isDeclaration(slot)) return notApplicable('a command is judged by Q6')
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const target = parseVersion(slot.targetVersion)
    if (!target) return unknown(`"${slot.targetVersion}" is no version`, 'Correct the protocol.')
    if (compareVersions(target, os.value) <= 0)
      return fail(
        `the declared ${slot.targetVersion} is not newer than the installed ${formatVersion(os.value)}`,
        'Use a protocol that declares a newer version.',
        `Target is not newer than ${formatVersion(os.value)}`,
      )
    const offered = offeredBy(slot, os.value, context)
    return offered ?? rehearsed(judgeList(slot, context), context)
  },
}

/** The pass where the device itself offers the target; undefined where it does not, or cannot say. */
function offeredBy(
  slot: DeclarationSlotPlan,
  os: OsVersion,
  context: RuleContext,
): Judgement | undefined {
  if (isRemoved(os)) return undefined
  const offers = read(context, 'availableUpdates')
  const [meant] = offers.status === 'known' ? findOffered(slot, offers.value).meant : []
  return meant && pass(`the device is offered ${describeOffer(meant)}`)
}

function judgeList(slot: DeclarationSlotPlan, context: RuleContext): Judgement {
  const { listed } = context.device
  const remedy = "Import today's copy of Apple's list under OS versions."
  if (listed?.status !== 'known')
    return unknown(
      `it is not known whether Apple offers ${slot.targetVersion} to this model: ${listed?.reason ?? 'the list was not read'}`,
      remedy,
      'Target may not be offered',
    )
  const age = (context.now.getTime() - Date.parse(`${listed.readOn}T00:00:00Z`)) / 86_400_000
  if (age >= maxListDays + 1)
    return unknown(
      `the copy of Apple's list is of ${listed.readOn}, more than ${maxListDays} days ago`,
      remedy,
      "Apple's list is old",
    )
  const target = listed.targets.find(({ version }) => version === slot.targetVersion)
  if (!target)
    return fail(
      `Apple's list of ${listed.readOn} does not have ${slot.targetVersion} for this model; it has ${listed.targets.map(({ version }) => version).join(', ') || 'nothing newer'}`,
      'Use a protocol that declares a listed version: a device stays silent about any other.',
      `${slot.targetVersion} is not listed for this model`,
    )
  return judgeTarget(slot, target, listed.readOn)
}

function judgeTarget(
  { targetVersion, targetBuild }: DeclarationSlotPlan,
  { standing, builds }: Target,
  readOn: string,
): Judgement {
  if (standing !== 'listed')
    return unknown(
      `Apple's list of ${readOn} is not clear about how long ${targetVersion} is offered to this model`,
      'Look at the version under OS versions, and use a protocol that declares one that is clearly listed.',
      'End of the target is unclear',
    )
  if (targetBuild === undefined || builds.includes(targetBuild))
    return pass(`Apple's list of ${readOn} has ${targetVersion} for this model`)
  return builds.length === 0
    ? unknown(
        `Apple's list of ${readOn} gives no build of ${targetVersion}`,
        'Use a protocol that declares no build.',
      )
    : fail(
        `Apple's list of ${readOn} has ${targetVersion} as ${builds.join(', ')} and not as ${targetBuild}`,
        'Use a protocol that declares a listed build.',
        `${targetBuild} is not listed for this model`,
      )
}

/** A virtual device is offered what its scenario says, which no list has. */
function rehearsed(judgement: Judgement, { device }: RuleContext): Judgement {
  if (!device.simulated || judgement.verdict === 'pass') return judgement
  return pass(
    'any newer version may be declared on a virtual device',
    `${judgement.reason}; a real device would not qualify`,
  )
}

function listWords({ device: { listed }, slot }: RuleContext): string {
  if (listed?.status !== 'known' || !isDeclaration(slot)) return 'unknown'
  const target = listed.targets.find(({ version }) => version === slot.targetVersion)
  const words = target ? [target.version, ...target.builds.toSorted()].join(' ') : 'without it'
  return `${listed.readOn}: ${words}`
}
