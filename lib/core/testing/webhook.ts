import { randomUUID } from 'node:crypto'
import { now } from './people'

/** A webhook body as NanoMDM posts it for one answer of a device. */
export function answerBody(input: {
  enrollmentId: string
  commandUuid: string
  status: string
  /** XML of further keys of the reply. */
  keys?: string
  at?: Date
}): Uint8Array {
  const { enrollmentId, commandUuid, status, keys = '', at = now } = input
  return eventBody('mdm.Connect', at, {
    acknowledge_event: {
      udid: enrollmentId,
      status,
      command_uuid: commandUuid,
      raw_payload: payload(
        `<key>CommandUUID</key><string>${commandUuid}</string><key>Status</key><string>${status}</string><key>UDID</key><string>${enrollmentId}</string>${keys}`,
      ),
      ids: { id: enrollmentId, type: 'Device' },
    },
  })
}

/** A webhook body for a check-in such as Authenticate; `keys` is XML. */
export function checkinBody(
  messageType: string,
  enrollmentId: string,
  keys: string,
  at = now,
): Uint8Array {
  return eventBody(`mdm.${messageType}`, at, {
    checkin_event: {
      udid: enrollmentId,
      raw_payload: payload(
        `<key>MessageType</key><string>${messageType}</string><key>Topic</key><string>com.apple.mgmt.External.test</string><key>UDID</key><string>${enrollmentId}</string>${keys}`,
      ),
      ids: { id: enrollmentId, type: 'Device' },
    },
  })
}

const eventBody = (topic: string, at: Date, event: object) =>
  new TextEncoder().encode(
    JSON.stringify({
      topic,
      event_id: randomUUID().replaceAll('-', '').slice(0, 16),
      created_at: at.toISOString(),
      ...event,
    }),
  )

const payload = (keys: string) =>
  Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>${keys}</dict></plist>`,
  ).toString('base64')
