import type { ReadingField } from '../reading/reading'
import type { TrialDesign } from './design'
import type { HourBand } from './hour-band'
import type { InstallAction } from './install-action'
import type { ObservationKind } from './observation'
import type { PrimaryOutcome } from './primary-outcome'

/** One version of a claim, as a protocol names it: C-3 in its second version. */
export type ClaimRef = { claim: number; version: number }

/** One ScheduleOSUpdate of a protocol, sent at most once in a trial. At least one of key and version is the target. */
export type CommandSlotPlan = {
  /** Never written: a slot without a mechanism is a command, as in every version from before there were declarations. */
  mechanism?: undefined
  installAction: InstallAction
  productKey?: string | undefined
  productVersion?: string | undefined
  /** What to look at once it is sent, and what is expected then; absent where nothing is written. */
  lookAt?: string | undefined
  expect?: string | undefined
}

/** When a declaration asks the device to install, before it is turned into the device's own local time at the release. */
export type EnforcementTime =
  | { kind: 'asSoonAsPossible' }
  /** `daysLater` counts from the device's local date at the release; `clock` is its local time of day, HH:MM. */
  | { kind: 'atLocalTime'; daysLater: number; clock: string }

/** One software-update declaration of a protocol (com.apple.configuration.softwareupdate.enforcement.specific), put on the device at most once in a trial. */
export type DeclarationSlotPlan = {
  mechanism: 'declaration'
  targetVersion: string
  targetBuild?: string | undefined
  when: EnforcementTime
  /** A page that the device shows to its user about the update. */
  detailsUrl?: string | undefined
  lookAt?: string | undefined
  expect?: string | undefined
}

/** One intervention of a protocol: a command, or a declaration. */
export type SlotPlan = CommandSlotPlan | DeclarationSlotPlan

/**
 * A protocol's own starting conditions. Each replaces the lab's rule with the same name, so that a protocol may require
 * a battery below 0.20 as well as one above 0.50. For absent ones the lab's rule applies.
 */
export type StartingConditions = {
  /** Fractions 0–1, inclusive. */
  battery?: { min?: number | undefined; max?: number | undefined } | undefined
  externalPower?: boolean | undefined
  passcode?: 'set' | 'notSet' | undefined
  /** Free bytes, inclusive, judged by the smaller interpretation of the capacity (GB). */
  freeBytes?: { min?: number | undefined; max?: number | undefined } | undefined
  network?: 'wifi' | 'cellular' | 'wired' | 'none' | undefined
  automaticUpdates?: 'on' | 'off' | undefined
  /** Readings of the baseline that must be fresh at each release, beyond those that the rules rest on (rule Q18). */
  freshReadings?: readonly ReadingField[] | undefined
  /** The quarter of the day in UTC in which the first command is released: only an arm asks for one. */
  hour?: HourBand | undefined
}

/** What to do at the bench, and what to expect of it: in words, and as the sightings that are then compared. */
export type ProtocolStep = {
  doThis: string
  /** Where to look; absent where nothing is written. */
  lookAt?: string | undefined
  expect: string
  /** In the vocabulary of sightings; absent where nothing is compared. */
  sightings?: readonly ObservationKind[] | undefined
}

/** The content of one version of a protocol; a trial is pinned to one version. */
export type ProtocolPlan = {
  title: string
  question: string
  /** What the writer believes; the expectation of a trial is its engineer's own. */
  hypothesis?: string | undefined
  /** Which devices are taken and which are not, beyond what the rules judge: for people to hold to. */
  inclusion?: string | undefined
  exclusion?: string | undefined
  slots: SlotPlan[]
  conditions: StartingConditions
  steps: ProtocolStep[]
  expectedOutcome: string
  /** What its trials are counted by; absent in versions from before it was chosen. See `primaryOutcomeOf`. */
  primaryOutcome?: PrimaryOutcome | undefined
  /** From the release of the first slot, in minutes. */
  deadlineMinutes: number
  /** When to stop before the deadline, in words. */
  stopRule?: string | undefined
  /** The claims that its trials test, each in one version. */
  claims?: readonly ClaimRef[] | undefined
  /** Every command of it needs a second person's signature, whatever the lab's setting. */
  twoPersonRelease?: boolean | undefined
  /** The outcome of its trials is read by a second person, blinded, before it counts. */
  secondReader?: boolean | undefined
  /** Factors, arms and how a trial gets its arm; absent in a protocol without arms. */
  design?: TrialDesign | undefined
}
