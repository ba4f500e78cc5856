import { fail, pass, type Rule } from './rule'
import { authenticate, radarSecondCommand } from './sources'

/**
 * An update command that another program sent, or that the database lost, may be waiting or installing on the device,
 * and a further one could start it at once. A device that reports another identity may be another device, whose state
 * nobody has judged.
 */
export const noOpenAlarm: Rule = {
  id: 'Q19',
  title: 'No open alarm',
  kind: 'eligibility',
  cites: [radarSecondCommand, authenticate],
  fields: [],
  facts: ({ device }) => [
    { label: 'Open alarms', value: (device.alarms ?? []).join('; ') || 'none' },
  ],
  judge({ device }) {
    const [first, ...others] = device.alarms ?? []
    if (first === undefined) return pass('no alarm is open on this device')
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    return fail(
      `${first}${more}`,
      "A lead looks at the device, then clears the alarm with a reason on the device's page.",
    )
  },
}
