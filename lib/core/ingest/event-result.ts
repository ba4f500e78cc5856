import type { RawEvent } from '@/lib/db/queries/events/raw-events'
import type { EventKind } from '@/lib/domain/server/server-check'
import type { DeviceEvent } from '@/lib/mdm/event'
import type { PlistReading } from '@/lib/mdm/plist/value'

/** How one event was read; stored in its row, beside its bytes. */
export type EventResult = {
  readState: 'read' | 'unreadable' | 'unmatched' | 'duplicate'
  kind?: EventKind | undefined
  /** Whether it counts as an answer to its command, which it can do only once. */
  countedAsAnswer?: boolean | undefined
  reason?: string | undefined
  deviceId?: string | undefined
  trialId?: string | undefined
  duplicateOf?: number | undefined
  /** Unmatched until a device has this enrollment ID; a database trigger then has it reprocessed. */
  waitsForDevice?: boolean | undefined
  oddities?: { path: string; note: string }[] | undefined
}

/** A kept event with its parsed envelope and payload. */
export type EventInput = {
  kept: RawEvent
  event: DeviceEvent
  plist: PlistReading
  /** When the device sent it. */
  at: Date
}

/** The result for an event of a device that is not in the inventory. */
export const waiting = ({ enrollmentId }: { enrollmentId: string }): EventResult => ({
  readState: 'unmatched',
  waitsForDevice: true,
  reason: `no device in the lab has the enrollment ID ${enrollmentId} on this MDM server; it is reprocessed when one has`,
})
