import { isInstalled, type Outcome, outcomeInfo, outcomes } from '../outcome/outcome'
import { type InstallAction, installActions } from './install-action'

/** What the trials of a protocol are counted by. Its writer chooses one; it is sealed with the version. */
export const primaryOutcomes = [
  'installed',
  'installedUnattended',
  'installedByUser',
  'downloaded',
  'promptWaits',
  'startedAtOnce',
  'refused',
  'unchanged',
] as const
export type PrimaryOutcome = (typeof primaryOutcomes)[number]

type PrimaryOutcomeInfo = {
  /** Of the trials that reached it: the heading of a column. */
  label: string
  /** The heading of its trials, which are never counted together with those of another one. */
  title: string
  /** When a trial counts as having reached it, after "A trial counts where". */
  countsWhere: string
  /** The numerator. The denominator is every trial whose outcome counts at all. */
  numerator: readonly Outcome[]
  /** The slots without which no trial could reach it: so many commands of these actions, or declarations where they can lead to it. */
  needs: { actions: readonly InstallAction[]; declarations: boolean; commands: number }
  /** Why a protocol without them is refused. */
  otherwise: string
}

const installs: readonly InstallAction[] = ['Default', 'InstallASAP']
const downloads: readonly InstallAction[] = ['Default', 'DownloadOnly']
const anyCommand = {
  needs: { actions: installActions, declarations: true, commands: 1 },
  otherwise: 'the protocol sends no command',
} as const
const oneInstall = {
  needs: { actions: installs, declarations: true, commands: 1 },
  otherwise: 'every command is DownloadOnly, so none of them can lead to an install',
}
const staysAsItWas = outcomes.filter(
  (one) => outcomeInfo[one].counts === 'notInstalled' && outcomeInfo[one].os === 'notChanged',
)

export const primaryOutcomeInfo: Record<PrimaryOutcome, PrimaryOutcomeInfo> = {
  installed: {
    label: 'Installed',
    title: 'Trials of an install',
    countsWhere: 'the target was installed, in whatever way',
    numerator: outcomes.filter(isInstalled),
    ...oneInstall,
  },
  installedUnattended: {
    label: 'Installed unattended',
    title: 'Trials of an unattended install',
    countsWhere: 'the target was installed, without an error and without an action by anybody',
    numerator: ['installedAsExpected'],
    ...oneInstall,
  },
  installedByUser: {
    label: 'Installed by the user',
    title: 'Trials of an install by the user',
    countsWhere: 'the target was installed after somebody accepted or scheduled it on the device',
    numerator: ['installedAfterUserAction'],
    ...oneInstall,
  },
  downloaded: {
    label: 'Downloaded',
    title: 'Trials of a download',
    countsWhere: 'the update was downloaded and nothing was installed',
    numerator: ['downloadedOnly'],
    needs: { actions: downloads, declarations: true, commands: 1 },
    otherwise: 'every command is InstallASAP, which downloads nothing',
  },
  promptWaits: {
    label: 'Prompt waited',
    title: 'Trials of a prompt that waits',
    countsWhere: 'the prompt was shown and nobody had accepted it by the deadline',
    numerator: ['promptNotAccepted'],
    ...oneInstall,
    otherwise: 'every command is DownloadOnly, which asks nobody',
  },
  startedAtOnce: {
    label: 'Started at once',
    title: 'Trials of an install that was put off',
    countsWhere: 'one more command started at once what somebody had put off until the night',
    numerator: ['startedAlthoughScheduled'],
    // A declaration is no further command: it has its own time.
    needs: { actions: installs, declarations: false, commands: 2 },
    otherwise:
      'it takes a command that is put off and one more: two that are Default or InstallASAP',
  },
  refused: {
    label: 'Refused',
    title: 'Trials of a refusal',
    countsWhere: 'the device answered with an error and kept its version',
    numerator: ['refused'],
    // A device answers no declaration, and a failure in a status report is a claim.
    needs: { actions: installActions, declarations: false, commands: 1 },
    otherwise: 'the protocol sends no command, and a device answers no declaration',
  },
  unchanged: {
    label: 'Kept its version',
    title: 'Trials of a device that keeps its version',
    countsWhere: 'the device still ran at the end what it started with, whatever it answered',
    numerator: staysAsItWas,
    ...anyCommand,
  },
}

/** The numerator of a primary outcome, in the words of the outcomes. */
export const numeratorWords = (primary: PrimaryOutcome): string =>
  primaryOutcomeInfo[primary].numerator.map((one) => outcomeInfo[one].label).join('; ')

/** Whether a trial with this outcome reached the primary outcome. An install where only a download was asked for is none. */
export const hasReached = (outcome: Outcome, primary: PrimaryOutcome): boolean =>
  primaryOutcomeInfo[primary].numerator.includes(outcome)

/** What of a slot decides where its trials can end. */
type SlotKind =
  | { mechanism?: 'command' | undefined; installAction: InstallAction }
  | { mechanism: 'declaration' }
type Slots = { slots: readonly SlotKind[] }

/**
 * What the commands suggest: a protocol with only DownloadOnly is about the download, every other one about the install.
 * It is proposed in the editor, and is what versions from before the choice are counted by.
 */
export const proposedPrimaryOutcome = ({ slots }: Slots): PrimaryOutcome =>
  slots.every((slot) => slot.mechanism !== 'declaration' && slot.installAction === 'DownloadOnly')
    ? 'downloaded'
    : 'installed'

/** The primary outcome of a version; the database's `primary_outcome` has the same rule. */
export const primaryOutcomeOf = (plan: Slots & { primaryOutcome?: PrimaryOutcome | undefined }) =>
  plan.primaryOutcome ?? proposedPrimaryOutcome(plan)

/** Why no trial of these commands could reach the primary outcome; undefined if one could. */
export function unreachable({ slots }: Slots, primary: PrimaryOutcome): string | undefined {
  const { label, needs, otherwise } = primaryOutcomeInfo[primary]
  const able = slots.filter((slot) =>
    slot.mechanism === 'declaration'
      ? needs.declarations
      : needs.actions.includes(slot.installAction),
  )
  return able.length >= needs.commands
    ? undefined
    : `no trial could come out as “${label}”: ${otherwise}`
}
