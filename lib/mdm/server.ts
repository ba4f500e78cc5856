import type { RequestType, SendOutcome } from '@/lib/domain/trial/command-slot'

/** What the answer of the MDM server is held against: anything else in it is an alarm. */
export type ExpectedCommand = { commandUuid: string; requestType: RequestType }

/** How one enqueue ended. `reason` is a sentence for the record; `body` is the answer as it came. */
export type SendResult = {
  outcome: SendOutcome
  reason: string
  httpStatus?: number
  body?: string
  /** The answer speaks of another command or device: stop sending and look. */
  alarm?: string
  /** Not a byte of an answer came: the server is away, or takes too long. */
  noAnswer?: true
}

/** A push carries no command and may be repeated at will; its failure changes no slot. */
export type PushResult = { ok: true; apnsId?: string } | { ok: false; reason: string }

/** NanoMDM built by `go install` answers "unknown", so nothing may be gated on the version. */
export type VersionResult =
  | { ok: true; version: string }
  | { ok: false; reason: string; noAnswer?: true }

/** Whether the API key is taken, by a call that queues nothing; `unknown` where the answer tells neither. */
export type KeyResult = { found: 'yes' | 'no' | 'unknown'; reason: string }

/**
 * What a queue holds, or why that is not known. `body` is the answer as it came; `updateUuids` are those of
 * the commands in it that update the OS.
 */
export type QueueList =
  | { ok: true; commandUuids: string[]; updateUuids: string[]; body: string }
  | { ok: false; reason: string }

/** Whether the queue was emptied; `unsure` where the request may have arrived and no answer tells. */
export type QueueCleared =
  | { ok: true; body: string }
  | { ok: false; unsure: boolean; reason: string }

/** The queue of one device, where a kind of server can show and empty it (MicroMDM). */
export type DeviceQueue = {
  list(enrollmentId: string): Promise<QueueList>
  /** Takes back everything that waits for this device, whoever has sent it. */
  clear(enrollmentId: string): Promise<QueueCleared>
}

/** An MDM server as the services see it; they take it as an argument. None of its functions ever rejects. */
export type MdmServer = {
  /** True where a push of ours after an enqueue would be the second one. */
  pushesByItself: boolean
  /** One request, never repeated here: one device, no push, the bytes as stored. */
  enqueue(enrollmentId: string, plist: Uint8Array, expected: ExpectedCommand): Promise<SendResult>
  push(enrollmentId: string): Promise<PushResult>
  version(): Promise<VersionResult>
  tryKey(): Promise<KeyResult>
  /** Absent where the server has no way to look into a queue. */
  queue?: DeviceQueue
}
