import {
  formatVersion,
  joinVersion,
  type OsVersion,
  parseVersion,
  sameVersion,
  splitVersion,
} from '../device/os-version'
import { describeOffer, nameOffer } from '../reading/describe-reading'
import type { OfferedUpdate } from '../reading/reading'
import { describeSlot, findOffered, isNewer } from '../trial/offered-target'
import { howToLearn, read, readOs, slotInput, unsettled } from './judging'
import { fail, type Judgement, pass, type Rule, type RuleContext, unknown } from './rule'
import { availableUpdates, radarNothingAvailable } from './sources'
import { isRemoved, upperBound } from './version-bounds'

/**
 * Judges by the device's own AvailableOSUpdates. An empty answer, or error 2213 with the same meaning, is the device
 * reporting that no update is available for it, so the rule fails. The catalogues of Apple and SOFA, in which an empty
 * device list means nothing, are not read.
 */
export const newerTargetOffered: Rule = {
  id: 'Q6',
  title: 'The device is offered a newer target, the one the command names',
  kind: 'eligibility',
  mechanism: 'command',
  cites: [availableUpdates, radarNothingAvailable],
  fields: ['availableUpdates', 'osVersion', 'osVersionExtra', 'osBuild', 'osSupplementalBuild'],
  facts: slotInput,
  judge(context) {
    const offers = read(context, 'availableUpdates')
    if (offers.status !== 'known') return unsettled('availableUpdates', offers)
    if (offers.value.length === 0)
      return fail(
        'the device is offered no update',
        'Check that Apple still signs a newer version for this model, then query it again.',
        'No newer update offered',
      )
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    return judgeOffers(offers.value, os.value, context)
  },
}

/** Whether the offer is the installed version with a supplement: then the installed supplement decides whether it is newer. */
const isSupplementOf = ({ version = '' }: OfferedUpdate, os: OsVersion): boolean => {
  const split = splitVersion(version)
  return split?.extra !== undefined && sameVersion(split.version, formatVersion(os)) === true
}

/** The installed version with its supplement: 26.3.1 (b) is newer than 26.3.1 (a). Undefined if the device did not report it. */
function withSupplement(os: OsVersion, context: RuleContext): OsVersion | undefined {
  const extra = read(context, 'osVersionExtra')
  if (extra.status === 'known') return parseVersion(joinVersion(formatVersion(os), extra.value))
  const [build, all] = [read(context, 'osBuild'), read(context, 'osSupplementalBuild')]
  const isNone = build.status === 'known' && all.status === 'known' && build.value === all.value
  return isNone ? os : undefined
}

function judgeOffers(offers: OfferedUpdate[], base: OsVersion, context: RuleContext): Judgement {
  const { slot } = context
  const { meant, unclear } = findOffered(slot, offers)
  const os = meant.some((offer) => isSupplementOf(offer, base))
    ? withSupplement(base, context)
    : base
  if (!os)
    return unknown(
      `a supplement of ${formatVersion(base)} is offered, and it is unknown which one is installed`,
      howToLearn('osVersionExtra'),
      'Installed supplement is unknown',
    )
  const newer = meant.find((offer) => isNewer(offer, os))
  if (newer) return pass(`${describeOffer(newer)} is offered`, lastTrialWarning(newer))
  if (unclear.length > 0 || meant.some((offer) => isNewer(offer, os) === undefined))
    return unknown(
      'an update is offered whose version cannot be read, so it may or may not be the target',
      howToLearn('availableUpdates'),
      'Offered update has no readable version',
    )
  if (meant.length > 0)
    return fail(
      `${describeSlot(slot)} names a target that is not newer than the installed ${formatVersion(os)}`,
      'Use a protocol that names a newer version.',
      `Target is not newer than ${formatVersion(os)}`,
    )
  return fail(
    `the command is ${describeSlot(slot)}; offered: ${offers.map(describeOffer).join('; ')}`,
    'Use a protocol that names what is offered: a device is only offered the newest.',
    `Target not offered; ${offers.map(nameOffer).join(', ')} is`,
  )
}

const lastTrialWarning = ({ version }: OfferedUpdate): string | undefined => {
  const target = version === undefined ? undefined : parseVersion(version)
  return target && isRemoved(target)
    ? `last ScheduleOSUpdate trial for this device: Apple removed the command in ${upperBound.bound}`
    : undefined
}
