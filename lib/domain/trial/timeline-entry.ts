import type { AttachmentType } from '../attachment/attachment'
import { keptReportTopic } from '../declaration/kept-reports'
import type { Reading, ReadingField, ReadingSource, ReadingValues } from '../reading/reading'
import type { CommandPurpose, CommandState, OrderType } from './command-slot'
import type { TrialEventKind } from './trial'

/** One event of a trial's own record. */
export type TimelineStep = {
  id: number
  kind: TrialEventKind
  at: Date
  byName: string
  text: string
  data: Record<string, unknown>
}

export type TimelineCommand = {
  commandUuid: string
  purpose: CommandPurpose
  requestType: OrderType
  slotOrdinal: number | null
  state: CommandState
  reservedAt: Date
  reservedByName: string
  reason: string | null
  answeredAt: Date | null
  withdrawnAt: Date | null
}

export type TimelineCommandEvent = {
  id: number
  commandUuid: string
  kind: string
  at: Date
  byName: string
  text: string
}

/** A message of the device, or of the MDM server about it. */
export type TimelineReply = {
  id: number
  /** By the MDM server's clock, because the order of arrival is not reliable. */
  at: Date
  receivedAt: Date
  commandUuid: string | undefined
  requestType: OrderType | undefined
  /** The MDM server's name of the message, e.g. "mdm.Authenticate". */
  topic: string | undefined
  slotOrdinal: number | undefined
  status: string | undefined
  readState: string
  /** Why it could not be read or matched. */
  reason: string | undefined
  oddities: readonly { path: string; note: string }[]
  /** What it claims, in words. */
  words: string
}

/** A reading that differs from the one before it. */
export type ReadingChange = {
  id: number
  field: ReadingField
  /** Undefined if nothing was read before. */
  before: Pick<Reading, 'value' | 'unknownReason'> | undefined
  value: ReadingValues[ReadingField] | undefined
  unknownReason: string | undefined
  source: ReadingSource
  answeredAt: Date
  by: string | undefined
  commandUuid: string | undefined
}

export type TimelineObservation = {
  id: number
  kind: string
  text: string
  data: Record<string, unknown>
  observedAt: Date
  recordedAt: Date
  byName: string
  correctsId: number | null
  reason: string | null
}

/** A photo or recording; of an observation, or of the trial as a whole. */
export type TimelineAttachment = {
  id: number
  observationId: number | null
  fileName: string
  type: AttachmentType
  bytes: number
  sha256: string
  attachedAt: Date
  byName: string
  withdrawn: { byName: string; at: Date; reason: string } | undefined
}

export type TimelineRecord = {
  steps: readonly TimelineStep[]
  commands: readonly TimelineCommand[]
  commandEvents: readonly TimelineCommandEvent[]
  replies: readonly TimelineReply[]
  changes: readonly ReadingChange[]
  observations: readonly TimelineObservation[]
  attachments: readonly TimelineAttachment[]
}

type At = { key: string; at: Date }

/** A query with its answers. */
export type ProbeEntry = At & {
  type: 'probe'
  command: TimelineCommand
  replies: TimelineReply[]
}

export type ObservationEntry = At & {
  type: 'observation'
  observation: TimelineObservation
  /** The later entry that corrects this one, which is shown struck through. */
  correctedBy?: TimelineObservation | undefined
  /** The earlier entry that this one corrects. */
  corrects?: TimelineObservation | undefined
  attachments: TimelineAttachment[]
}

export type TimelineEntry =
  | (At & { type: 'step'; step: TimelineStep })
  | (At & { type: 'delivery'; event: TimelineCommandEvent; command: TimelineCommand })
  | (At & { type: 'reply'; reply: TimelineReply })
  | ProbeEntry
  /** Consecutive queries with nothing in between. */
  | (At & { type: 'probes'; probes: ProbeEntry[] })
  | (At & { type: 'readings'; changes: ReadingChange[] })
  | ObservationEntry
  /** Of the trial as a whole: those of an observation are with it. */
  | (At & { type: 'attachment'; attachment: TimelineAttachment })

/** What a message of a device is: ["Reply to command 2", "ScheduleOSUpdate"], ["Check-in", "TokenUpdate"]. */
export function messageTitle({
  requestType,
  slotOrdinal,
  topic,
}: Pick<TimelineReply, 'requestType' | 'slotOrdinal' | 'topic'>): [what: string, name: string] {
  if (requestType) return [`Reply${slotOrdinal ? ` to command ${slotOrdinal}` : ''}`, requestType]
  if (topic === keptReportTopic) return ['Kept report', 'not posted, read at its server']
  return ['Check-in', topic?.replace(/^mdm\./, '') ?? 'message not read']
}
