import type { RawEvent } from '@/lib/db/queries/events/raw-events'
import type { EventKind } from '@/lib/domain/server/server-check'
import type { DeviceEvent } from '@/lib/mdm/event'
import type { PlistReading } from '@/lib/mdm/plist/value'

/** What one event turned out to be; written beside its bytes. */
export type EventResult = {
  readState: 'read' | 'unreadable' | 'unmatched' | 'duplicate'
  kind?: EventKind | undefined
  /** Whether it counts as an answer to its command from now on. */
  countedAsAnswer?: boolean | undefined
  reason?: string | undefined
  deviceId?: string | undefined
  trialId?: string | undefined
  duplicateOf?: number | undefined
  /** Unmatched until a device has that enrollment; the database then has it read again. */
  waitsForDevice?: boolean | undefined
  oddities?: { path: string; note: string }[] | undefined
}

/** An event on its way through the readers. */
export type EventInput = {
  kept: RawEvent
  event: DeviceEvent
  plist: PlistReading
  /** When the device said it. */
  at: Date
}

/** What is said about a device that is not in the lab. */
export const waiting = ({ enrollmentId }: { enrollmentId: string }): EventResult => ({
  readState: 'unmatched',
  waitsForDevice: true,
  reason: `no device in the lab has the enrollment ID ${enrollmentId} on this MDM server; it is reprocessed when one has`,
})
