import { describeReading } from '../reading/describe-reading'
import { allOf, howToLearn, read, statedRange, unsettled } from './judging'
import { fail, type Judgement, pass, type Rule, type RuleContext, unknown } from './rule'
import { appleTv, deviceBattery, radarBatteryOfEnrolment, radarPromptDespiteError } from './sources'

/** No source gives a minimum percentage: the bound is a lab setting and is never called Apple's. */
export const batteryOrPower: Rule = {
  id: 'Q12',
  title: 'Battery charged or on external power (lab setting)',
  kind: 'condition',
  cites: [radarPromptDespiteError, deviceBattery, radarBatteryOfEnrolment, appleTv],
  waiver: {
    reason: 'No source gives a minimum: the bound is a lab setting.',
    // The protocol's condition is part of the registration, so it cannot be waived.
    unless: ({ conditions }) =>
      statedRange(conditions.battery) !== undefined || conditions.externalPower !== undefined,
  },
  fields: ['batteryLevel', 'externalPower'],
  judge(context) {
    const { externalPower } = context.conditions
    const battery = statedRange(context.conditions.battery)
    if (battery === undefined && externalPower === undefined) return judgeByLab(context)
    const parts = [
      ...(battery ? [ownBattery(context, battery)] : []),
      ...(externalPower === undefined ? [] : [ownPower(context, externalPower)]),
    ]
    return allOf(parts)
  },
}

/** The level as a fraction, or the judgement if it is not known. */
function levelOf(context: RuleContext): number | Judgement {
  const known = read(context, 'batteryLevel')
  if (known.status !== 'known') return unsettled('batteryLevel', known)
  if (known.value >= 0 && known.value <= 1) return known.value
  return unknown(`"${known.value}" is not a fraction from 0 to 1`, howToLearn('batteryLevel'))
}

function judgeByLab(context: RuleContext): Judgement {
  const level = levelOf(context)
  if (typeof level !== 'number') return level
  const { minBattery } = context.settings
  const says = `battery ${inWords(level)}`
  const note = 'no source gives a minimum percentage; a lab setting'
  if (level >= minBattery) return pass(`${says}, at least ${inWords(minBattery)} (${note})`)
  const power = read(context, 'externalPower')
  if (power.status !== 'known') return unsettled('externalPower', power)
  return power.value
    ? pass(`${says}, on external power`)
    : fail(
        `${says}, below ${inWords(minBattery)} and not on external power (${note})`,
        `Charge it to ${inWords(minBattery)} or plug it in.`,
        `Battery ${inWords(level)}, below ${inWords(minBattery)}`,
      )
}

function ownBattery(
  context: RuleContext,
  { min = 0, max = 1 }: { min?: number | undefined; max?: number | undefined },
): Judgement {
  const level = levelOf(context)
  if (typeof level !== 'number') return level
  const asks = `the protocol asks for a battery from ${inWords(min)} to ${inWords(max)}`
  if (level >= min && level <= max) return pass(`${asks}; it is ${inWords(level)}`)
  const remedy = level < min ? `Charge it to ${inWords(min)}.` : `Let it drain to ${inWords(max)}.`
  return fail(
    `${asks}; it is ${inWords(level)}`,
    remedy,
    `Battery ${inWords(level)}, protocol: ${inWords(min)} to ${inWords(max)}`,
  )
}

function ownPower(context: RuleContext, wanted: boolean): Judgement {
  const power = read(context, 'externalPower')
  if (power.status !== 'known') return unsettled('externalPower', power)
  const asks = `the protocol asks for external power ${describeReading('externalPower', wanted)}`
  if (power.value === wanted) return pass(`${asks}, which is the case`)
  return fail(
    `${asks}; it is ${describeReading('externalPower', power.value)}`,
    wanted ? 'Plug it in, then enter it.' : 'Unplug it, then enter it.',
    wanted ? 'Not on external power' : 'On external power',
  )
}

const inWords = (level: number): string => describeReading('batteryLevel', level)
