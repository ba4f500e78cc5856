import { formatVersion } from '../device/os-version'
import { readOs, unsettled } from './judging'
import { fail, notApplicable, pass, type Rule } from './rule'
import { findNamedVersion, namedVersions } from './version-bounds'

/**
 * Versions with known faults. A cautious lab policy, not a rule of Apple. On a virtual device it only warns, because
 * such a version may be what is rehearsed, and no device is consumed.
 */
export const notANamedVersion: Rule = {
  id: 'Q5',
  title: 'Starting OS is not one with known faults (lab policy)',
  kind: 'eligibility',
  cites: [...new Set(namedVersions.flatMap(({ cites }) => cites))],
  waiver: { reason: 'The list is a precaution of this lab; Apple does not name these versions.' },
  fields: ['osVersion'],
  facts: ({ device }) => (device.simulated ? [{ label: 'Device', value: 'simulated' }] : []),
  judge(context) {
    if (context.device.platform === 'tvOS')
      return notApplicable('the list covers iOS and iPadOS only')
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const name = formatVersion(os.value)
    const named = findNamedVersion(name)
    if (!named) return pass(`${name} is not on the list`)
    const reason = `iOS ${named.bound} ${named.reason}`
    if (!named.blocks) return pass(`${name} is on the list as a warning only`, reason)
    if (context.device.simulated)
      return pass(
        `${name} may be rehearsed on a virtual device`,
        `${reason}; a real device would not qualify`,
      )
    return fail(
      reason,
      'Use a device with another starting OS.',
      `${name} has known faults (lab policy)`,
    )
  },
}
