import { atLeast, formatVersion, type OsVersion } from '../device/os-version'
import { allOf, read, readOs, unsettled } from './judging'
import { fail, type Judgement, pass, type Rule, type RuleContext } from './rule'
import { isRestricted, lowerBounds, restrictedLowerBounds } from './version-bounds'

/** The lower bound, and the two further requirements of iOS 9.0 to 10.2. No MDM answer shows whether a device came through DEP. */
export const startingOsKnownToWork: Rule = {
  id: 'Q3',
  title: 'Starting OS is new enough for the command',
  kind: 'eligibility',
  mechanism: 'command',
  cites: [...lowerBounds.iOS.cites, ...lowerBounds.tvOS.cites],
  fields: ['osVersion', 'depEnrolled', 'passcodePresent'],
  judge(context) {
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    return judgeOs(os.value, context)
  },
}

function judgeOs(os: OsVersion, context: RuleContext): Judgement {
  const { platform } = context.device
  const name = `${platform} ${formatVersion(os)}`
  const { bound } = lowerBounds[platform]
  if (atLeast(os, bound)) return pass(`${name} is ${bound} or later`)
  if (isRestricted(platform, os)) return allOf([fromDep(name, context), noPasscode(name, context)])
  const min = restrictedLowerBounds[platform]?.bound ?? bound
  return fail(`${name} is before ${min}`, 'Use a device with a later OS.')
}

function fromDep(name: string, context: RuleContext): Judgement {
  const known = read(context, 'depEnrolled')
  if (known.status !== 'known') return unsettled('depEnrolled', known)
  return known.value
    ? pass(`${name} is before 10.3, and the device was enrolled by DEP`)
    : fail(
        `${name} is before 10.3, where the command needs a device enrolled by DEP`,
        undefined,
        `${name} needs enrollment by DEP`,
      )
}

function noPasscode(name: string, context: RuleContext): Judgement {
  const known = read(context, 'passcodePresent')
  if (known.status !== 'known') return unsettled('passcodePresent', known)
  return known.value
    ? fail(
        `${name} is before 10.3, where the command needs a device without a passcode`,
        'Clear the passcode.',
        `${name} needs no passcode set`,
      )
    : pass('no passcode is set')
}
