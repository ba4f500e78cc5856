import type { AlarmKind } from '../device/device'
import type { OsIdentity } from '../device/os-identity'
import type { UpdateActivity } from '../reading/reading'
import type { CommandState } from '../trial/command-slot'
import type { ObservationGap, ObservationKind } from '../trial/observation'
import type { InstallAction } from '../trial/protocol'
import type { Outcome } from './outcome'

/** An error pair as the device wrote it. */
export type ErrorCode = { domain: string; code: number }

/** One answer of the device to an intervention. A reply is a claim; the outcome never rests on it alone. */
export type ReplyEvidence = {
  /** As it came: Acknowledged, Error, NotNow, CommandFormatError, or what no schema has. */
  status: string
  at: Date
  /** Its place among what was kept; orders answers of one moment. */
  order?: number | undefined
  /** `envelope` where only the status could be read and the body could not; then what it holds is not known. */
  source?: 'reply' | 'envelope' | undefined
  errors?: readonly ErrorCode[] | undefined
  /** The items of UpdateResults, each with its own status and errors. */
  updates?:
    | readonly { status?: string | undefined; errors?: readonly ErrorCode[] | undefined }[]
    | undefined
}

/** A command slot of the trial with what came of it. */
export type SlotEvidence = {
  ordinal: number
  installAction: InstallAction
  state: CommandState
  /** When the request left; undefined while it has not. */
  sentAt?: Date | undefined
  replies: readonly ReplyEvidence[]
  /** Answers after the final one, those among `replies` and those that say the same as one of them. */
  redelivered?: { times: number; lastAt: Date } | undefined
}

/** A claim of OSUpdateStatus. */
export type StatusReport = { at: Date; activity: UpdateActivity; downloaded?: boolean | undefined }

/** What somebody saw; the OS as typed where the kind is `newOsSeen`. Corrected entries are left out by the caller. */
export type ObservationEvidence = {
  kind: ObservationKind
  at: Date
  osVersion?: string | undefined
  osBuild?: string | undefined
}

/** The OS the device was last known to run. `at` is when it answered or was typed. */
export type OsSighting = OsIdentity & { at: Date }

/** All a proposal may rest on. `now` comes in: the same evidence always gives the same proposal. */
export type OutcomeEvidence = {
  startOs: string
  startBuild: string
  /** From iOS 16.1 on; undefined where the device did not tell it. */
  startSupplementalBuild?: string | undefined
  /** What the commands named; undefined parts are not judged. */
  target?: { version?: string | undefined; build?: string | undefined } | undefined
  /** The newest reading of version and build; undefined when it was never read. */
  current?: OsSighting | undefined
  /** Each change of the OS that the device has reported since the release. */
  sightings?: readonly OsSighting[] | undefined
  /** From the starting state; undefined where it is not known. */
  passcodePresent?: boolean | undefined
  slots: readonly SlotEvidence[]
  statusReports: readonly StatusReport[]
  observations: readonly ObservationEvidence[]
  /** The last contact of the device with the MDM server. */
  lastSeenAt?: Date | undefined
  /** The observation gaps since the first command left. */
  gaps?: readonly ObservationGap[] | undefined
  /** What a lead had to look at on the device since the first command left, cleared or not. */
  alarms?: readonly { kind: AlarmKind; at: Date }[] | undefined
  /** Why Apple's documents let the device be silent here; undefined where they do not. */
  documentedSilence?: string | undefined
  deadlineAt: Date
  now: Date
}

export type OutcomeProposal = {
  /** Undefined while the trial is still open. */
  outcome: Outcome | undefined
  /** What it rests on, one sentence each, the strongest first. */
  reasons: string[]
  functionVersion: string
  /** False where a person should look twice before accepting. */
  certain: boolean
}

/** Whether a command may have reached the device: it left, and the server did not turn it down. */
export const mayHaveArrived = ({ state, sentAt }: SlotEvidence): boolean =>
  sentAt !== undefined && state !== 'refused' && state !== 'notSent'

const byTime = (a: { at: Date }, b: { at: Date }) => a.at.getTime() - b.at.getTime()
const byTimeAndOrder = (a: ReplyEvidence, b: ReplyEvidence) =>
  byTime(a, b) || (a.order ?? 0) - (b.order ?? 0)

/** The same evidence in the order of time, so that the order it was gathered in never matters. */
export function inOrder(evidence: OutcomeEvidence): OutcomeEvidence {
  return {
    ...evidence,
    slots: evidence.slots
      .toSorted((a, b) => a.ordinal - b.ordinal)
      .map((slot) => ({ ...slot, replies: slot.replies.toSorted(byTimeAndOrder) })),
    statusReports: evidence.statusReports.toSorted(byTime),
    observations: evidence.observations.toSorted(byTime),
  }
}
