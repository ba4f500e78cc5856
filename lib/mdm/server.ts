import type { RequestType, SendOutcome } from '@/lib/domain/command-slot'

/** What the answer of the MDM server is held against: anything else in it is an alarm. */
export type ExpectedCommand = { commandUuid: string; requestType: RequestType }

/** How one enqueue ended. `because` is a sentence for the record; `body` is the answer as it came. */
export type SendResult = {
  outcome: SendOutcome
  because: string
  httpStatus?: number
  body?: string
  /** The answer speaks of another command or device: stop sending and look. */
  alarm?: string
}

/** A push carries no command and may be repeated at will; its failure changes no slot. */
export type PushResult = { ok: true; apnsId?: string } | { ok: false; because: string }

/** NanoMDM built by `go install` answers "unknown", so nothing may be gated on the version. */
export type VersionResult = { ok: true; version: string } | { ok: false; because: string }

/** An MDM server as the services see it; they take it as an argument. None of the three ever rejects. */
export type MdmServer = {
  /** One request, never repeated here: one device, no push, the bytes as stored. */
  enqueue(enrollmentId: string, plist: Uint8Array, expected: ExpectedCommand): Promise<SendResult>
  push(enrollmentId: string): Promise<PushResult>
  version(): Promise<VersionResult>
}
