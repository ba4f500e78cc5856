/** The InstallActions Apple allows on iOS, iPadOS and tvOS: https://github.com/apple/device-management/blob/b6202ca/mdm/commands/system.update.schedule.yaml */
export const installActions = ['Default', 'DownloadOnly', 'InstallASAP'] as const
export type InstallAction = (typeof installActions)[number]

/** One ScheduleOSUpdate of a protocol, sent at most once for ever. At least one of the two names a target. */
export type CommandSlotPlan = {
  installAction: InstallAction
  productKey?: string | undefined
  productVersion?: string | undefined
}

/**
 * A protocol's own starting conditions; each replaces the lab's rule of the same name, so an arm that
 * wants a battery below 0.20 is as legitimate as one above 0.50. What is left out stays with the rule.
 */
export type StartingConditions = {
  /** Fractions 0–1, inclusive. */
  battery?: { min?: number | undefined; max?: number | undefined } | undefined
  externalPower?: boolean | undefined
  passcode?: 'set' | 'notSet' | undefined
  /** Free bytes, inclusive, judged on the smaller reading. */
  freeBytes?: { min?: number | undefined; max?: number | undefined } | undefined
  network?: 'wifi' | 'cellular' | 'wired' | 'none' | undefined
  automaticUpdates?: 'on' | 'off' | undefined
}

type ProtocolStep = { doThis: string; expect: string }

/** What the trials of a protocol are counted by: whether the target was installed, or only downloaded. */
export const primaryOutcomes = ['installed', 'downloaded'] as const
export type PrimaryOutcome = (typeof primaryOutcomes)[number]

/**
 * A protocol that only ever asks to download is about the download; every other one is about the install.
 * `primary_outcome` of the database has the same.
 */
export const primaryOutcomeOf = ({ slots }: Pick<ProtocolPlan, 'slots'>): PrimaryOutcome =>
  slots.every(({ installAction }) => installAction === 'DownloadOnly') ? 'downloaded' : 'installed'

/** What a version of a protocol says; a trial is pinned to one version. */
export type ProtocolPlan = {
  title: string
  question: string
  slots: CommandSlotPlan[]
  conditions: StartingConditions
  steps: ProtocolStep[]
  expectedOutcome: string
  /** From the release of the first slot, in minutes. */
  deadlineMinutes: number
  /** Every command of it needs a second person's signature, whatever the lab's setting says. */
  twoPersonRelease?: boolean | undefined
}

const schema =
  'https://github.com/apple/device-management/blob/b6202ca2fbd31286a52eb160b67a4db7b4fe1f1f/mdm/commands/system.update.schedule.yaml'

/** What Apple's schema at 18.1 says each action does on iOS, iPadOS and tvOS. */
export const installActionInfo: Record<InstallAction, string> = {
  Default: 'Downloads what is not downloaded yet; installs what is.',
  DownloadOnly: 'Downloads, and installs nothing.',
  InstallASAP: 'Installs what is already downloaded; it does not download.',
}

export const installActionCite = {
  label: "Apple's schema at 18.1, InstallAction",
  url: `${schema}#L69-L84`,
}

/** ProductKey is understood wherever the command is; ProductVersion came later (rule Q7). */
export const targetCite = {
  label: 'ProductKey and ProductVersion',
  url: `${schema}#L52-L68`,
}
