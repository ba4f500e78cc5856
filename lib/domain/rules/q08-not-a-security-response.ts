import { below } from '../device/os-version'
import { findOffered } from '../trial/offered-target'
import { howToLearn, read, readOs, slotInput, unsettled } from './judging'
import { fail, notApplicable, pass, type Rule, unknown } from './rule'
import { availableSecurityResponse, scheduleSecurityResponse } from './sources'
import { securityResponseBound } from './version-bounds'

/** A Rapid Security Response can be removed again and is no OS update; ProductVersion cannot name one. */
export const notASecurityResponse: Rule = {
  id: 'Q8',
  title: 'The target is not a Rapid Security Response',
  kind: 'eligibility',
  mechanism: 'command',
  cites: [scheduleSecurityResponse, availableSecurityResponse],
  fields: ['availableUpdates', 'osVersion'],
  facts: slotInput,
  judge(context) {
    const offers = read(context, 'availableUpdates')
    if (offers.status !== 'known') return unsettled('availableUpdates', offers)
    const { meant, unclear } = findOffered(context.slot, offers.value)
    const targets = [...meant, ...unclear]
    if (targets.length === 0) return notApplicable('the target is not offered; see Q6')
    if (targets.some(({ securityResponse }) => securityResponse))
      return fail(
        'the target is a Rapid Security Response',
        'Use a protocol that names an OS version.',
      )
    if (targets.every(({ securityResponse }) => securityResponse === false))
      return pass('the device reports that the target is not one')
    const os = readOs(context)
    if (os.status !== 'known') return unsettled('osVersion', os)
    const { bound } = securityResponseBound
    return below(os.value, bound)
      ? pass(`there were none before ${bound}`)
      : unknown(
          `the device left out IsSecurityResponse, which ${bound} and later must send`,
          howToLearn('availableUpdates'),
        )
  },
}
