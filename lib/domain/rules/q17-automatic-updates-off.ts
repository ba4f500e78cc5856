import { describeReading } from '../reading/describe-reading'
import { read, unsettled } from './judging'
import { fail, pass, type Rule } from './rule'
import { automaticActions } from './sources'

/** A device that updates itself overnight is lost for a test unnoticed. Only warns, unless the protocol requires it. */
export const automaticUpdatesOff: Rule = {
  id: 'Q17',
  title: 'Automatic updates are known to be off',
  kind: 'condition',
  warnOnly: true,
  blocksWhen: ({ conditions }) => conditions.automaticUpdates !== undefined,
  cites: [automaticActions],
  fields: ['automaticUpdatesOff'],
  judge(context) {
    const known = read(context, 'automaticUpdatesOff')
    if (known.status !== 'known') return unsettled('automaticUpdatesOff', known)
    const wanted = context.conditions.automaticUpdates
    const is = describeReading('automaticUpdatesOff', known.value)
    if (known.value === (wanted !== 'on'))
      return pass(`automatic updates are ${is}${wanted ? ', as the protocol asks' : ''}`)
    return fail(
      wanted
        ? `the protocol asks for automatic updates ${wanted}; they are ${is}`
        : 'automatic updates are on, so the device may update itself outside the trial',
      `Turn automatic updates ${wanted ?? 'off'} on the device, then enter it.`,
      `Automatic updates are ${is}`,
    )
  },
}
