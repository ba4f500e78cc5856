import type { ObservationKind } from './observation'

/** One version of a claim, as a protocol names it: C-3 in its second version. */
export type ClaimRef = { claim: number; version: number }

/** The InstallActions that Apple allows on iOS, iPadOS and tvOS: https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml */
export const installActions = ['Default', 'DownloadOnly', 'InstallASAP'] as const
export type InstallAction = (typeof installActions)[number]

/** One ScheduleOSUpdate of a protocol, sent at most once in a trial. At least one of key and version is the target. */
export type CommandSlotPlan = {
  installAction: InstallAction
  productKey?: string | undefined
  productVersion?: string | undefined
}

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
}

/** What to do at the bench, and what to expect of it: in words, and as the sightings that are then compared. */
export type ProtocolStep = {
  doThis: string
  expect: string
  /** In the vocabulary of sightings; absent where nothing is compared. */
  sightings?: readonly ObservationKind[] | undefined
}

/** What the trials of a protocol count as success: the target was installed, or downloaded. */
export const primaryOutcomes = ['installed', 'downloaded'] as const
export type PrimaryOutcome = (typeof primaryOutcomes)[number]

export const primaryOutcomeWords: Record<PrimaryOutcome, string> = {
  installed: 'The target is installed: a command of this protocol asks for it.',
  downloaded: 'The update is downloaded and nothing is installed: every command is DownloadOnly.',
}

/**
 * A protocol with only DownloadOnly commands is about the download, every other one about the install. The database's
 * `primary_outcome` has the same rule.
 */
export const primaryOutcomeOf = ({ slots }: Pick<ProtocolPlan, 'slots'>): PrimaryOutcome =>
  slots.every(({ installAction }) => installAction === 'DownloadOnly') ? 'downloaded' : 'installed'

/** The content of one version of a protocol; a trial is pinned to one version. */
export type ProtocolPlan = {
  title: string
  question: string
  slots: CommandSlotPlan[]
  conditions: StartingConditions
  steps: ProtocolStep[]
  expectedOutcome: string
  /** From the release of the first slot, in minutes. */
  deadlineMinutes: number
  /** The claims that its trials test, each in one version. */
  claims?: readonly ClaimRef[] | undefined
  /** Every command of it needs a second person's signature, whatever the lab's setting. */
  twoPersonRelease?: boolean | undefined
}

const schema =
  'https://github.com/apple/device-management/blob/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/mdm/commands/system.update.schedule.yaml'

/** What each action does on iOS, iPadOS and tvOS, by Apple's schema at 18.1. */
export const installActionInfo: Record<InstallAction, string> = {
  Default: 'Downloads what is not downloaded yet; installs what is.',
  DownloadOnly: 'Downloads, and installs nothing.',
  InstallASAP: 'Installs what is already downloaded; it does not download.',
}

export const installActionCite = {
  label: "Apple's schema at 18.1, InstallAction",
  url: `${schema}#L69-L84`,
}

/** Every device that knows the command understands ProductKey; ProductVersion was introduced later (rule Q7). */
export const targetCite = {
  label: 'ProductKey and ProductVersion',
  url: `${schema}#L52-L68`,
}
