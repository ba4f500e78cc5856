import { hourBands } from '../trial/hour-band'
import { fail, notApplicable, pass, type Rule, type RuleContext } from './rule'
import { radarOneTest } from './sources'

/**
 * The quarter of the day in UTC that an arm asks for. It is judged for the first command alone, by the clock of whoever
 * judges, and a verdict goes stale at the end of the quarter.
 */
export const timeOfDay: Rule = {
  id: 'Q21',
  title: 'Released in the time of day that its arm asks for',
  kind: 'condition',
  cites: [radarOneTest],
  fields: [],
  facts: (context) => [
    { label: 'Time of day', value: askedBand(context) ? bandAt(context.now).label : 'any' },
  ],
  judge(context) {
    const asked = askedBand(context)
    if (!asked) return notApplicable('no arm asks for a time of day')
    const is = bandAt(context.now)
    const asks = `the arm asks for a release from ${asked.label}`
    return is.value === asked.value
      ? pass(`${asks}, which it is`)
      : fail(
          `${asks}; it is ${context.now.toISOString().slice(11, 16)} UTC`,
          `Release it from ${asked.label}.`,
          `Not ${asked.label}`,
        )
  },
}

const askedBand = ({ conditions }: RuleContext) =>
  hourBands.find(({ value }) => value === conditions.hour)

/** The quarter of the day that a time is in. */
function bandAt(now: Date): (typeof hourBands)[number] {
  const [first] = hourBands
  return hourBands.findLast(({ hour }) => hour <= now.getUTCHours()) ?? first
}

/** When the quarter of the day ends that a time is in. */
export const endOfBand = (now: Date): Date => {
  const end = new Date(now)
  end.setUTCHours(bandAt(now).hour + 6, 0, 0, 0)
  return end
}
