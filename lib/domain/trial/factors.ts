import { platforms } from '../device/device'
import { compareVersions, parseVersion } from '../device/os-version'
import { passcodeWords } from '../device/passcode'
import { hourBands } from './hour-band'
import { installActions } from './install-action'
import { mechanismWords } from './mechanism'

/** Stands for a value that the record does not have. */
export const unknownValue = 'unknown'

type Factor = {
  /** Its name in the filters and above the rows. */
  label: string
  /** Where its value comes from, as a sentence below the rows. */
  read: string
  /** Its values in their order, with their labels; undefined where the trials alone decide which there are. */
  values?: Readonly<Record<string, string>>
}

const named = (values: readonly string[]) => Object.fromEntries(values.map((one) => [one, one]))

/** Bands of a battery level, each without its upper bound. `to` and `from` are fractions 0–1. */
export const batteryBands = [
  { value: 'under20', from: 0, to: 0.2, label: 'Battery below 20 %' },
  { value: 'from20', from: 0.2, to: 0.5, label: 'Battery 20 to 49 %' },
  { value: 'from50', from: 0.5, to: 0.8, label: 'Battery 50 to 79 %' },
  { value: 'from80', from: 0.8, to: undefined, label: 'Battery 80 % or more' },
] as const

const labelsOf = (bands: readonly { value: string; label: string }[]) =>
  Object.fromEntries(bands.map(({ value, label }) => [value, label]))

const atRelease = 'as frozen at the release of the first command or declaration'

/**
 * What the outcomes of trials can be narrowed, listed and compared by. The names are those of the filters in URLs; the
 * database reads each value as lib/db/schema/trial-factors.ts says.
 */
export const factors = {
  version: { label: 'Starting version', read: `The OS version ${atRelease}.` },
  platform: {
    label: 'Platform',
    read: 'The platform of the device in the inventory.',
    values: named(platforms),
  },
  model: { label: 'Model', read: 'The model identifier of the device in the inventory.' },
  passcode: { label: 'Passcode', read: `PasscodePresent ${atRelease}.`, values: passcodeWords },
  power: {
    label: 'External power',
    read: `External power ${atRelease}; no MDM key reports it.`,
    values: { connected: 'On power', notConnected: 'Not on power', unknown: 'Power unknown' },
  },
  battery: {
    label: 'Battery',
    read: `BatteryLevel ${atRelease}; a level that a device reports on a version known to report it wrongly counts as unknown.`,
    values: {
      ...labelsOf(batteryBands),
      notApplicable: 'No battery',
      unknown: 'Battery unknown',
    },
  },
  network: {
    label: 'Network',
    read: `The network ${atRelease}; no MDM key reports it.`,
    values: {
      wifi: 'Wi-Fi',
      cellular: 'Cellular',
      wired: 'Wired',
      none: 'No network',
      unknown: 'Network unknown',
    },
  },
  mechanism: {
    label: 'Mechanism',
    read: 'What the protocol intervenes by: ScheduleOSUpdate commands, software-update declarations, or both.',
    values: mechanismWords,
  },
  action: {
    label: 'Install actions',
    read: 'The InstallActions of the commands of the protocol, or of the arm where it names others, in their order. A declaration has none: it names a time instead.',
  },
  protocol: { label: 'Protocol', read: 'The protocol, over all its versions.' },
  target: {
    label: 'Target',
    read: 'The ProductVersion of the first command, or else its ProductKey; of a declaration its TargetOSVersion.',
  },
  hour: {
    label: 'Time of day',
    read: 'The time of the first release in UTC.',
    values: { ...labelsOf(hourBands), unknown: 'Time of day unknown' },
  },
  arm: {
    label: 'Arm',
    read: 'The arm that the trial was assigned to, whatever was done then; an arm has one name over all versions of its protocol.',
  },
  assigned: {
    label: 'Assigned',
    read: 'Whether the arm was drawn at random or chosen by a person. Only a random assignment makes groups comparable.',
    values: { random: 'At random', choice: 'By choice', none: 'No arm' },
  },
  treatment: {
    label: 'Earlier trials',
    read: 'Whether an earlier trial had sent an update command or declaration to the device before this one did.',
    values: {
      naive: 'First trial of the device',
      retreated: 'Device used in a trial before',
      unknown: 'Nothing was sent',
    },
  },
} as const satisfies Record<string, Factor>

export type FactorName = keyof typeof factors
// Object.keys returns string[]; the type of the object above has every factor.
export const factorNames = Object.keys(factors) as FactorName[]

/** Stands for the arm of a trial whose protocol has none. */
export const noArm = 'none'
const noArmLabel = 'No arm'

/** An arm among those of all protocols: `<protocol>/<name>`, as names are only unique within one. */
export const armValue = (protocolId: string, arm: string): string => `${protocolId}/${arm}`

/** The factors whose values are listed here. */
export type ListedFactor = {
  [F in FactorName]: (typeof factors)[F] extends { values: unknown } ? F : never
}[FactorName]

export const factorOf = (name: FactorName): Factor => factors[name]

/** Stands for the InstallActions of a trial that sends no command. */
export const noAction = 'none'
const noActionLabel = 'No install action'

/** "Default,InstallASAP": a list of InstallActions; undefined for anything else. */
export function readActions(text: string): string | undefined {
  const known: readonly string[] = installActions
  return text.split(',').every((action) => known.includes(action)) ? text : undefined
}

/**
 * The name of a value for people.
 * @param names of protocols, models and others that only the database knows
 */
export function labelOfValue(
  name: FactorName,
  value: string,
  names: readonly { value: string; label: string }[] = [],
): string {
  const { label, values } = factorOf(name)
  const known = values?.[value] ?? names.find((one) => one.value === value)?.label
  if (known !== undefined) return known
  if (name === 'arm' && value === noArm) return noArmLabel
  if (name === 'action' && value === noAction) return noActionLabel
  if (value === unknownValue) return `${label} unknown`
  return name === 'action' ? value.replaceAll(',', ', then ') : value
}

/** The order of two values: as listed, versions by number ("11.4" before "11.10"), and what is unknown last. */
export function byValue(name: FactorName): (a: string, b: string) => number {
  const { values } = factorOf(name)
  if (values) {
    // A row of another lab may have left out what each of this one has.
    const order = [...Object.keys(values), unknownValue]
    return (a, b) => order.indexOf(a) - order.indexOf(b)
  }
  return (a, b) => {
    if (a === unknownValue || b === unknownValue)
      return Number(a === unknownValue) - Number(b === unknownValue)
    const [left, right] = [parseVersion(a), parseVersion(b)]
    if (left && right) return compareVersions(left, right)
    if (left || right) return left ? -1 : 1
    return a < b ? -1 : a > b ? 1 : 0
  }
}
