import { enforcementWords, localEnforcement } from '../trial/enforcement-time'
import { isDeclaration } from '../trial/mechanism'
import type { DeclarationSlotPlan } from '../trial/protocol'
import { read, unsettled } from './judging'
import { fail, type Judgement, notApplicable, pass, type Rule, type RuleContext } from './rule'
import { deviceTimeZone, enforcementTime } from './sources'

/**
 * TargetLocalDateTime is a time by the device's own clock. Without its zone nobody can say when that is, and a time that
 * has passed when the hold ends would be enforced within an hour, which is another treatment than the protocol's.
 */
export const localTimeExists: Rule = {
  id: 'Q24',
  title: "The device's time zone is known, and the declared local time exists and is to come",
  kind: 'eligibility',
  mechanism: 'declaration',
  cites: [enforcementTime, deviceTimeZone],
  fields: ['timeZone'],
  facts: ({ slot, state: { timeZone }, now }) => {
    // "As soon as possible" is another second with each look, and no change of what is asked.
    if (!isDeclaration(slot) || slot.when.kind === 'asSoonAsPossible' || !timeZone?.value) return []
    const read = localEnforcement(slot.when, timeZone.value, now)
    return [{ label: 'TargetLocalDateTime', value: read.ok ? read.local : 'none' }]
  },
  judge(context) {
    if (!isDeclaration(context.slot)) return notApplicable('a command has no local time')
    const known = read(context, 'timeZone')
    if (known.status !== 'known') return unsettled('timeZone', known)
    return judgeTime(context.slot, known.value, context)
  },
}

const remedy = 'Use a protocol with another time, or release at another time of day.'

function judgeTime({ when }: DeclarationSlotPlan, zone: string, context: RuleContext): Judgement {
  const { now, settings } = context
  const found = localEnforcement(when, zone, now)
  if (!found.ok) return fail(found.reason, remedy, 'Declared time does not exist or has passed')
  const words = enforcementWords(found)
  if (when.kind === 'asSoonAsPossible') return pass(`the device's time at the release: ${words}`)
  const [first] = found.instants
  const holdEnds = new Date(now.getTime() + settings.holdSeconds * 1000)
  if (first && first <= holdEnds)
    return fail(
      `the declared time ${words} is not after the end of the hold`,
      remedy,
      'Declared time passes during the hold',
    )
  return pass(
    `the device's time ${words}`,
    found.instants.length > 1
      ? `clocks are put back over it: it is not documented at which of the two times a device installs`
      : undefined,
  )
}
