import type { NetworkKind } from '../reading/reading'
import { canonicalJson } from '../signature/canonical-json'
import {
  type Arm,
  type ArmFactor,
  type ArmStratum,
  armFactors,
  armStrata,
  type TrialDesign,
} from './design'
import { readActions } from './factors'
import { type HourBand, hourBands } from './hour-band'
import type { InstallAction } from './install-action'
import { isCommand, isDeclaration } from './mechanism'
import type { ProtocolPlan, StartingConditions } from './protocol'

export const armFactorLabels: Record<ArmFactor, string> = {
  passcode: 'Passcode',
  power: 'External power',
  network: 'Network',
  action: 'Install actions',
  hour: 'Time of day',
}

export const armStratumLabels: Record<ArmStratum, string> = {
  version: 'Starting version',
  platform: 'Platform',
  model: 'Model',
}

/** The levels of the factors that have a list of them, as what an arm asks for. */
export const armLevels: Record<Exclude<ArmFactor, 'action'>, Readonly<Record<string, string>>> = {
  passcode: { set: 'passcode set', notSet: 'no passcode' },
  power: { connected: 'on external power', notConnected: 'on battery' },
  network: {
    wifi: 'on Wi-Fi',
    cellular: 'on a cellular network',
    wired: 'on a wired network',
    none: 'without a network',
  },
  hour: Object.fromEntries(
    hourBands.map(({ value, label }) => [
      value,
      `released from ${label.replace(' to ', ' until ')}`,
    ]),
  ),
}

/** A level as what it asks for; undefined for one that the factor does not have. */
export function levelWords(factor: ArmFactor, level: string): string | undefined {
  if (factor !== 'action') return armLevels[factor][level]
  const actions = readActions(level)
  return actions && `commands ${actions.replaceAll(',', ', then ')}`
}

/** What an arm asks for, such as "passcode set, on battery". */
export const armAsks = ({ levels }: Pick<Arm, 'levels'>): string =>
  armFactors
    .flatMap((factor) => {
      const level = levels[factor]
      return level === undefined ? [] : [levelWords(factor, level) ?? level]
    })
    .join(', ')

/** @throws Error where the plan has no such arm: the database refuses such an assignment */
export function armNamed(plan: Pick<ProtocolPlan, 'design'>, name: string): Arm {
  const arm = plan.design?.arms.find((one) => one.name === name)
  if (!arm) throw new Error(`the protocol has no arm ${name}`)
  return arm
}

/** The starting conditions that the levels of an arm ask for. */
function conditionsOfArm({ levels }: Arm): StartingConditions {
  const { passcode, power, network, hour } = levels
  return {
    // The levels are those of `armLevels`: `designProblems` refuses others.
    ...(passcode !== undefined && { passcode: passcode as 'set' | 'notSet' }),
    ...(power !== undefined && { externalPower: power === 'connected' }),
    ...(network !== undefined && { network: network as NetworkKind }),
    ...(hour !== undefined && { hour: hour as HourBand }),
  }
}

/** Commands and starting conditions as an arm makes them. */
export function partsInArm(
  { slots, conditions }: Pick<ProtocolPlan, 'slots' | 'conditions'>,
  arm: Arm,
): Pick<ProtocolPlan, 'slots' | 'conditions'> {
  const actions = arm.levels.action?.split(',')
  return {
    slots: slots.map((slot, index) => {
      if (isDeclaration(slot)) return slot
      // As many as there are commands, each a known one: `designProblems`.
      const place = slots.slice(0, index).filter(isCommand).length
      const installAction = actions?.[place] as InstallAction | undefined
      return installAction === undefined ? slot : { ...slot, installAction }
    }),
    conditions: { ...conditions, ...conditionsOfArm(arm) },
  }
}

/**
 * The plan of a trial in an arm: what the arm asks for takes the place of the protocol's own, so that the rules judge it
 * and the commands are the arm's.
 */
export const planInArm = (plan: ProtocolPlan, name: string | undefined): ProtocolPlan =>
  name === undefined ? plan : { ...plan, ...partsInArm(plan, armNamed(plan, name)) }

/** One slot of a trial with its starting conditions. A time of day is asked for the first release alone. */
export function commandOf(
  { slots, conditions }: Pick<ProtocolPlan, 'slots' | 'conditions'>,
  ordinal: number,
) {
  const slot = slots[ordinal - 1]
  const { hour, ...others } = conditions
  return slot && { slot, conditions: ordinal === 1 ? conditions : others }
}

/** The stratum of a device: the same facts always give the same text. */
export const stratumText = (facts: Partial<Record<ArmStratum, string>>): string =>
  canonicalJson(facts)

/** A stratum in words, such as "Starting version 11.4, Model iPhone8,1". */
export function stratumWords(stratum: string): string {
  const facts: Record<string, unknown> = JSON.parse(stratum)
  const parts = armStrata.flatMap((name) =>
    facts[name] === undefined ? [] : [`${armStratumLabels[name]} ${facts[name]}`],
  )
  return parts.length === 0 ? 'all devices' : parts.join(', ')
}

/** Within what arms are balanced, in words. */
export const assignedWithin = ({ strata }: Pick<TrialDesign, 'strata'>): string =>
  strata.length === 0
    ? 'all devices together'
    : strata.map((one) => armStratumLabels[one].toLowerCase()).join(' and ')

/** How many trials the smallest block has: each arm as often as its weight says. */
export const sumOfWeights = (arms: readonly Pick<Arm, 'weight'>[]): number =>
  arms.reduce((sum, { weight }) => sum + weight, 0)

/** How long the blocks are, such as "2 or 4 trials, drawn with each block". */
export function blockWords({ arms, blocks }: Pick<TrialDesign, 'arms' | 'blocks'>): string {
  const sizes = blocks.map((one) => one * sumOfWeights(arms))
  return sizes.length === 1
    ? `${sizes[0]} trials each`
    : `${sizes.join(' or ')} trials, drawn with each block`
}

/** How many trials are planned in an arm; undefined where nothing is planned. */
export function plannedIn({ arms, planned }: TrialDesign, { weight }: Arm): number | undefined {
  return planned === undefined ? undefined : (planned * weight) / sumOfWeights(arms)
}

/** How a trial got its arm. */
export const armMethods = ['random', 'choice'] as const
export type ArmMethod = (typeof armMethods)[number]
export const armMethodWords: Record<ArmMethod, string> = {
  random: 'at random',
  choice: 'by choice',
}

/** A trial's place in the list that its arm was drawn from. */
export type ArmPlace = { stratum: string; block: number; position: number }

/** How a trial was assigned, in a sentence without its full stop. */
export const assignedWords = (
  one: { arm: string; reason: string | null } & ({ place: ArmPlace } | { place: null }),
): string =>
  one.place
    ? `arm ${one.arm}, at random: position ${one.place.position} in ${stratumWords(one.place.stratum)}, block ${one.place.block}`
    : `arm ${one.arm}, by choice: ${one.reason}`
