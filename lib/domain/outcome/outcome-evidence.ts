import type { AlarmKind } from '../device/device'
import type { OsIdentity } from '../device/os-identity'
import type { UpdateActivity } from '../reading/reading'
import type { CommandState } from '../trial/command-slot'
import type { InstallAction } from '../trial/install-action'
import type { ObservationGap, ObservationKind } from '../trial/observation'
import type { Outcome } from './outcome'

/** An error as the device reported it. */
export type ErrorCode = { domain: string; code: number }

/** One answer of the device to an update command. A reply is a claim: no outcome "installed" rests on it alone. */
export type ReplyEvidence = {
  /** As received: Acknowledged, Error, NotNow, CommandFormatError, or an undocumented one. */
  status: string
  at: Date
  /** The order in which it was stored; sorts answers with the same time. */
  order?: number | undefined
  /** `envelope` if the payload could not be read and only the status is known. */
  source?: 'reply' | 'envelope' | undefined
  errors?: readonly ErrorCode[] | undefined
  /** The items of UpdateResults, each with its own status and errors. */
  updates?:
    | readonly { status?: string | undefined; errors?: readonly ErrorCode[] | undefined }[]
    | undefined
}

/** A slot of the trial with its command's state and answers; a declaration is never answered. */
export type SlotEvidence = {
  ordinal: number
  /** Undefined for a declaration, which asks for the install itself. */
  installAction: InstallAction | undefined
  state: CommandState
  /** When the request was sent; undefined before that. */
  sentAt?: Date | undefined
  /** When its server detached a declaration that a person withdrew. */
  detachedAt?: Date | undefined
  replies: readonly ReplyEvidence[]
  /** All answers after the final one: those among `replies`, and repeats of them, which are only counted. */
  redelivered?: { times: number; lastAt: Date } | undefined
}

/** A report by OSUpdateStatus. */
export type StatusReport = { at: Date; activity: UpdateActivity; downloaded?: boolean | undefined }

/** An observation, with the typed OS if its kind is `newOsSeen`. The caller leaves out corrected ones. */
export type ObservationEvidence = {
  kind: ObservationKind
  at: Date
  osVersion?: string | undefined
  osBuild?: string | undefined
}

/** A reading of the device's OS; `at` is when the device answered or somebody typed it. */
export type OsSighting = OsIdentity & { at: Date }

/** Everything a proposal may rest on. With `now` in it the same evidence always gives the same proposal. */
export type OutcomeEvidence = {
  startOs: string
  startBuild: string
  /** From iOS 16.1 on; undefined if the device did not report it. */
  startSupplementalBuild?: string | undefined
  /** The target of the commands; undefined parts are not compared. */
  target?: { version?: string | undefined; build?: string | undefined } | undefined
  /** The newest reading of version and build; undefined if there is none. */
  current?: OsSighting | undefined
  /** Each change of the OS that the device has reported since the release. */
  sightings?: readonly OsSighting[] | undefined
  /** The newest OS that a status report claims since the release: no evidence, and a doubt until something else shows the same. */
  claimedOs?: OsSighting | undefined
  /** From the starting state; undefined if unknown. */
  passcodePresent?: boolean | undefined
  slots: readonly SlotEvidence[]
  statusReports: readonly StatusReport[]
  observations: readonly ObservationEvidence[]
  /** The last contact of the device with the MDM server. */
  lastSeenAt?: Date | undefined
  /** The observation gaps since the first command was sent. */
  gaps?: readonly ObservationGap[] | undefined
  /** The alarms on the device since the first command was sent, cleared or not. */
  alarms?: readonly { kind: AlarmKind; at: Date }[] | undefined
  /** Why Apple's documentation allows that there is no answer; undefined if it does not. */
  documentedSilence?: string | undefined
  deadlineAt: Date
  now: Date
}

export type OutcomeProposal = {
  /** Undefined while the trial is still open. */
  outcome: Outcome | undefined
  /** The reasons for it, one sentence each, the strongest first. */
  reasons: string[]
  functionVersion: string
  /** False if a person should check it before accepting. */
  certain: boolean
}

/** Whether a command may have reached the device: it was sent, and the MDM server did not refuse it. */
export const mayHaveArrived = ({ state, sentAt }: SlotEvidence): boolean =>
  sentAt !== undefined && state !== 'refused' && state !== 'notSent'

const byTime = (a: { at: Date }, b: { at: Date }) => a.at.getTime() - b.at.getTime()
const byTimeAndOrder = (a: ReplyEvidence, b: ReplyEvidence) =>
  byTime(a, b) || (a.order ?? 0) - (b.order ?? 0)

/** The same evidence sorted by time, so that the order in which it was gathered never matters. */
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
