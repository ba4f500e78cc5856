import { atLeast, type OsVersion } from '../device/os-version'
import { allOf, read, readOs, unsettled } from './judging'
import { fail, type Judgement, notApplicable, pass, type Rule, type RuleContext } from './rule'
import { deviceMultiUser, scheduleIos, userEnrollment } from './sources'
import { sharedIpadBound, userEnrollmentBound } from './version-bounds'

/** The command goes to the device channel of a device enrollment, with nobody logged in on a Shared iPad. */
export const deviceChannel: Rule = {
  id: 'Q10',
  title: 'Device channel, no User Enrollment, nobody logged in on a Shared iPad',
  kind: 'eligibility',
  cites: [scheduleIos, deviceMultiUser, userEnrollment],
  fields: ['osVersion', 'userEnrollment', 'sharedIpad', 'userLoggedIn'],
  facts: ({ device }) => [{ label: 'Model', value: device.modelIdentifier ?? 'unknown' }],
  judge(context) {
    const { enrollmentId, platform } = context.device
    // NanoMDM writes a user channel as <device>:<user>: https://github.com/micromdm/nanomdm/blob/1d5fcf4/docs/operations-guide.md
    if (enrollmentId?.includes(':'))
      return fail(
        'its enrollment ID belongs to a user channel',
        "Use the device's own ID.",
        'Enrollment ID belongs to a user channel',
      )
    if (platform === 'tvOS') return notApplicable('tvOS has neither users nor User Enrollment')
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    return allOf([deviceEnrollment(os.value, context), nobodyLoggedIn(os.value, context)])
  },
}

function deviceEnrollment(os: OsVersion, context: RuleContext): Judgement {
  const { bound } = userEnrollmentBound
  if (!atLeast(os, bound)) return pass(`there was no User Enrollment before ${bound}`)
  const known = read(context, 'userEnrollment')
  if (known.status !== 'known') return unsettled('userEnrollment', known)
  return known.value
    ? fail(
        'it is user-enrolled, where the command is forbidden',
        'Enroll it as a device.',
        'User Enrollment: the command is forbidden',
      )
    : pass('it is not user-enrolled')
}

// The event has the time of the MDM server's clock, the typed reading that of ours.
const clockSkewMs = 60_000

/** Whether a user channel of the Shared iPad was active after somebody last checked who is logged in. */
function channelSince({ device, state }: RuleContext): boolean {
  const lookedAt = state.userLoggedIn?.answeredAt
  if (!device.userChannelAt || !lookedAt) return false
  return device.userChannelAt.getTime() >= lookedAt.getTime() - clockSkewMs
}

function nobodyLoggedIn(os: OsVersion, context: RuleContext): Judgement {
  if (/^(iPhone|iPod)/.test(context.device.modelIdentifier ?? ''))
    return pass('only an iPad can be shared')
  const { bound } = sharedIpadBound
  if (!atLeast(os, bound)) return pass(`there was no Shared iPad before ${bound}`)
  const shared = read(context, 'sharedIpad')
  if (shared.status !== 'known') return unsettled('sharedIpad', shared)
  if (!shared.value) return pass('it is not a Shared iPad')
  const user = read(context, 'userLoggedIn')
  if (user.status !== 'known') return unsettled('userLoggedIn', user)
  if (!user.value && channelSince(context))
    return fail(
      'its user channel was active after somebody entered that nobody was logged in',
      'Log the user out, then look at the device and enter it again.',
      'User channel active on the Shared iPad',
    )
  return user.value
    ? fail(
        'a user is logged in, and the device would refuse (error 12077)',
        'Log the user out.',
        'A user is logged in on the Shared iPad',
      )
    : pass('nobody is logged in on the Shared iPad')
}
