import { describeReading } from '../reading/describe-reading'
import { read, unsettled } from './judging'
import { fail, pass, type Rule } from './rule'
import { appleTv, passcodePresent } from './sources'

/**
 * The passcode influences the outcome, so it must be known; set and not set both pass. It is PasscodePresent.
 * PasscodeCompliant is true without a passcode and must not be used.
 */
export const passcodeKnown: Rule = {
  id: 'Q14',
  title: 'Passcode is known to be set or not set',
  kind: 'condition',
  cites: [passcodePresent, appleTv],
  fields: ['passcodePresent'],
  judge(context) {
    const known = read(context, 'passcodePresent')
    const wanted = context.conditions.passcode
    if (known.status === 'notApplicable' && wanted === 'set')
      return fail(`the protocol asks for a passcode; ${known.reason}`, 'Use another device.')
    if (known.status !== 'known') return unsettled('passcodePresent', known)
    const is = describeReading('passcodePresent', known.value)
    if (wanted === undefined) return pass(`the passcode is ${is}`)
    if (known.value === (wanted === 'set'))
      return pass(`the passcode is ${is}, as the protocol asks`)
    return fail(
      `the protocol asks for a passcode that is ${describeReading('passcodePresent', wanted === 'set')}; it is ${is}`,
      `${wanted === 'set' ? 'Set' : 'Clear'} the passcode, then query the device again.`,
      `Passcode ${is}, protocol: ${describeReading('passcodePresent', wanted === 'set')}`,
    )
  },
}
