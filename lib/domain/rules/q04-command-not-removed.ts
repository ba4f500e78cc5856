import { formatVersion } from '../device/os-version'
import { readOs, unsettled } from './judging'
import { fail, pass, type Rule } from './rule'
import { isRemoved, upperBound } from './version-bounds'

/** The upper bound: Apple deprecated the command in 26.0 and removed it in 27.0. */
export const commandNotRemoved: Rule = {
  id: 'Q4',
  title: `Starting OS is before ${upperBound.bound}, where Apple removed the command`,
  kind: 'eligibility',
  mechanism: 'command',
  cites: [...upperBound.cites],
  fields: ['osVersion'],
  judge(context) {
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const name = `${context.device.platform} ${formatVersion(os.value)}`
    return isRemoved(os.value)
      ? fail(
          `${name} has no ScheduleOSUpdate: Apple removed it in ${upperBound.bound}.0`,
          'Nothing brings it back on this device: from this version on, updates are managed by declarations only.',
          `No ScheduleOSUpdate from ${upperBound.bound} on`,
        )
      : pass(`${name} is before ${upperBound.bound}`)
  },
}
