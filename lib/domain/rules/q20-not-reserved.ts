import { endInWords, isHeld } from '../device/hold'
import { fail, pass, type Rule, type RuleContext } from './rule'
import { radarOneTest } from './sources'

/**
 * A device that a lead keeps for a later question, until a day. Using it earlier takes a lead's reason, which is a
 * waiver: signed, part of the record of the trial, and by another person than the one who releases.
 */
export const notReserved: Rule = {
  id: 'Q20',
  title: 'Not reserved for a later question',
  kind: 'eligibility',
  cites: [radarOneTest],
  waiver: {
    reason:
      'What a device is kept for is a plan of this lab; using it earlier leaves the evidence.',
    // A waiver answers the reservation it was given for, not a newer one.
    unless: ({ device, waivers }) =>
      waivers?.some(
        ({ ruleId, at }) => ruleId === 'Q20' && at && device.heldAt && at < device.heldAt,
      ) ?? false,
  },
  fields: [],
  facts: (context) => [{ label: 'Reserved by a lead', value: holdOf(context) ?? 'no' }],
  judge(context) {
    const hold = holdOf(context)
    if (hold === undefined) return pass('no lead has reserved it')
    return fail(
      `reserved by a lead ${hold}`,
      'Use another device, ask a lead to release the reservation, or to waive it for this trial.',
      `Reserved by a lead: ${clipped(context.device.holdReason ?? '')}`,
    )
  },
}

const holdOf = ({ device, now }: RuleContext): string | undefined =>
  isHeld(device, now) ? `${endInWords(device.holdUntil)}: ${device.holdReason}` : undefined

/** A lead's reason, cut to one line of a list. */
const clipped = (reason: string) => (reason.length > 60 ? `${reason.slice(0, 59)}…` : reason)
