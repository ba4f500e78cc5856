import { atLeast, formatVersion } from '../device/os-version'
import { isDeclaration } from '../trial/mechanism'
import { readOs, slotInput, unsettled } from './judging'
import { fail, notApplicable, pass, type Rule } from './rule'
import { scheduleProductVersion } from './sources'
import { productVersionBounds } from './version-bounds'

/** ProductVersion was introduced later than the command; older versions only understand ProductKey. */
export const productVersionUnderstood: Rule = {
  id: 'Q7',
  title: 'The device understands how the command names its target',
  kind: 'eligibility',
  mechanism: 'command',
  cites: [scheduleProductVersion],
  fields: ['osVersion'],
  facts: slotInput,
  judge(context) {
    if (isDeclaration(context.slot))
      return notApplicable('a declaration names its target otherwise')
    const { productKey, productVersion } = context.slot
    if (productVersion === undefined && productKey === undefined)
      return notApplicable('no target is named yet; a protocol must name one')
    if (productVersion === undefined) return pass('the command names a ProductKey only')
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const { platform } = context.device
    const { bound } = productVersionBounds[platform]
    return atLeast(os.value, bound)
      ? pass(`${platform} understands ProductVersion from ${bound} on`)
      : fail(
          `${platform} ${formatVersion(os.value)} does not understand ProductVersion (from ${bound} on)`,
          'Use a protocol whose command names a ProductKey and no ProductVersion.',
          `ProductVersion needs ${platform} ${bound} or later`,
        )
  },
}
