import { keptReportTopic } from '@/lib/domain/declaration/kept-reports'
import type { DeviceEvent } from './event'
import { readPlist } from './plist/plist'
import type { PlistReading } from './plist/value'
import { rootOf, textOf, under } from './plist-fields'

/** The report in a check-in as a device sent it; undefined if it is no status report that can be read. */
export function reportBytesIn(plist: PlistReading): Uint8Array | undefined {
  const root = plist.ok ? rootOf(plist.value, []) : undefined
  if (!root || textOf(under(root, 'Endpoint'))?.trim() !== 'status') return undefined
  const data = under(root, 'Data').value
  return data?.type === 'data' ? data.value : undefined
}

/** The same of the bytes of the check-in. */
export const reportBytesOf = (payload: Uint8Array): Uint8Array | undefined =>
  reportBytesIn(readPlist(payload))

type Kept = {
  enrollmentKey: string | null
  createdAt: Date | null
  body: Uint8Array
  sha256: string
}

/**
 * A kept report as an event: it has no envelope and no plist, and its device and time are those under which it was asked
 * for. What it says is read as in the check-in by which it came to its server.
 */
export function keptReportEvent({ enrollmentKey, createdAt, body, sha256 }: Kept): DeviceEvent {
  return {
    ...{ ok: true, kind: 'checkin', topic: keptReportTopic, enrollmentId: enrollmentKey ?? '' },
    ...{ rawPayload: body, payloadSha256: sha256, ...(createdAt && { createdAt }) },
  }
}

export const keptReportPlist = (body: Uint8Array): PlistReading => ({
  ok: true,
  oddities: [],
  value: {
    type: 'dict',
    entries: new Map([
      ['Endpoint', { type: 'string', value: 'status' }],
      ['Data', { type: 'data', value: body }],
    ]),
  },
})
