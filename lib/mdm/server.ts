import type { RequestType, SendOutcome } from '@/lib/domain/trial/command-slot'
import type { DeclarationServer } from './declarations/declaration-server'
import type { KeyResult, VersionResult } from './server-answers'

/** The command that an answer of the MDM server must be about; an answer about another one raises an alarm. */
export type ExpectedCommand = { commandUuid: string; requestType: RequestType }

/** How one enqueue ended. `reason` is a sentence for the record; `body` is the answer as received. */
export type SendResult = {
  outcome: SendOutcome
  reason: string
  httpStatus?: number
  body?: string
  /** Set if the answer is about another command or device: sending must stop until a person has looked. */
  alarm?: string
  /** Set if not a byte of an answer came: the server cannot be reached or takes too long. */
  noAnswer?: true
}

/** A push carries no command and may be repeated; its failure does not change a command slot. */
export type PushResult = { ok: true; apnsId?: string } | { ok: false; reason: string }

/**
 * What a queue holds, or why that is not known. `body` is the answer as received; `updateUuids` are the
 * CommandUUIDs of the update commands in it.
 */
export type QueueList =
  | { ok: true; commandUuids: string[]; updateUuids: string[]; body: string }
  | { ok: false; reason: string; noAnswer?: true }

/** Whether the queue was emptied; `unsure` if the request may have arrived and no answer shows its effect. */
export type QueueCleared =
  | { ok: true; body: string }
  | { ok: false; unsure: boolean; reason: string }

/** Reads and empties the queue of a device, for kinds of servers that can (MicroMDM). */
export type DeviceQueue = {
  list(enrollmentId: string): Promise<QueueList>
  /** Deletes every waiting command of this device, whichever program sent it. */
  clear(enrollmentId: string): Promise<QueueCleared>
}

/** A client of one MDM server; services take it as an argument. None of its functions ever rejects. */
export type MdmServer = {
  /** The server pushes itself after an enqueue, so another push by Oneway would be the second. */
  pushesByItself: boolean
  /** Makes one request and never repeats it: for one device, without a push, with the bytes as stored. */
  enqueue(enrollmentId: string, plist: Uint8Array, expected: ExpectedCommand): Promise<SendResult>
  push(enrollmentId: string): Promise<PushResult>
  version(): Promise<VersionResult>
  tryKey(): Promise<KeyResult>
  /** Absent if the server cannot show its queue. */
  queue?: DeviceQueue
  /** Absent if updates can be sent by command only. */
  declarations?: DeclarationServer
}
