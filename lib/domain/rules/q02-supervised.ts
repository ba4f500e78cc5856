import { read, unsettled } from './judging'
import { fail, pass, type Rule } from './rule'
import { deviceSupervised, scheduleIos, scheduleTvos } from './sources'

/** Apple's schema marks the command `supervised: true` on iOS and tvOS. */
export const supervised: Rule = {
  id: 'Q2',
  title: 'Supervised',
  kind: 'eligibility',
  mechanism: 'command',
  cites: [scheduleIos, scheduleTvos, deviceSupervised],
  fields: ['supervised'],
  judge(context) {
    const known = read(context, 'supervised')
    if (known.status !== 'known') return unsettled('supervised', known)
    return known.value
      ? pass('the device is supervised')
      : fail(
          'the device is not supervised',
          'Supervise it with Automated Device Enrollment or Apple Configurator; this erases it.',
          'Not supervised',
        )
  },
}
