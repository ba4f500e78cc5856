import { below, formatVersion } from '../device/os-version'
import { readOs, unsettled } from './judging'
import { fail, pass, type Rule } from './rule'
import { declarationBounds } from './version-bounds'

/** Supervision is not asked for on iOS, iPadOS and tvOS, and 27 keeps declarations, so Q2 and Q4 judge commands only. */
export const declarationUnderstood: Rule = {
  id: 'Q22',
  title: 'Starting OS has software-update declarations',
  kind: 'eligibility',
  mechanism: 'declaration',
  cites: [...declarationBounds.iOS.cites, ...declarationBounds.tvOS.cites],
  fields: ['osVersion'],
  judge(context) {
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const { platform } = context.device
    const { bound } = declarationBounds[platform]
    const name = `${platform} ${formatVersion(os.value)}`
    return below(os.value, bound)
      ? fail(
          `${name} has no software-update declarations: they begin with ${bound}`,
          'Use a protocol with a command, or a device with a later OS.',
          `No declarations before ${bound}`,
        )
      : pass(`${name} is ${bound} or later`)
  },
}
